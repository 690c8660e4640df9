// SPDX-License-Identifier: Apache-2.0
// Linux system calls of MIPS o32, and the errors that they give: facts of the kernel's user
// interface (asm/unistd_o32.h, asm/errno.h of Linux 6.1 for MIPS).
//
// The arguments of a call, one letter each: d signed, u and n unsigned (n: a size), x hexadecimal,
// o octal, F a directory's descriptor, s a path, b bytes that are read (their number is the next
// argument), r bytes that are filled (as many as the result says). Calls without a known list are
// shown with four arguments in hexadecimal.
#pragma once

// clang-format off
// X(number - 4000, name, arguments)
#define MIPZK_LINUX_CALLS(X) \
  X(0, "syscall", "dxxx") X(1, "exit", "d") X(2, "fork", "") X(3, "read", "drn") \
  X(4, "write", "dbn") X(5, "open", "sxo") X(6, "close", "d") X(7, "waitpid", "dxx") \
  X(8, "creat", "so") X(9, "link", "ss") X(10, "unlink", "s") X(11, "execve", "sxx") \
  X(12, "chdir", "s") X(13, "time", "x") X(14, "mknod", "sox") X(15, "chmod", "so") \
  X(16, "lchown", "xxxx") X(17, "break", "xxxx") X(18, "unused18", "xxxx") \
  X(19, "lseek", "dud") X(20, "getpid", "") X(21, "mount", "xxxx") X(22, "umount", "xxxx") \
  X(23, "setuid", "xxxx") X(24, "getuid", "") X(25, "stime", "xxxx") X(26, "ptrace", "xxxx") \
  X(27, "alarm", "xxxx") X(28, "unused28", "xxxx") X(29, "pause", "") X(30, "utime", "xxxx") \
  X(31, "stty", "xxxx") X(32, "gtty", "xxxx") X(33, "access", "so") X(34, "nice", "xxxx") \
  X(35, "ftime", "xxxx") X(36, "sync", "") X(37, "kill", "dd") X(38, "rename", "ss") \
  X(39, "mkdir", "so") X(40, "rmdir", "s") X(41, "dup", "d") X(42, "pipe", "x") \
  X(43, "times", "x") X(44, "prof", "xxxx") X(45, "brk", "x") X(46, "setgid", "xxxx") \
  X(47, "getgid", "") X(48, "signal", "xxxx") X(49, "geteuid", "") X(50, "getegid", "") \
  X(51, "acct", "xxxx") X(52, "umount2", "xxxx") X(53, "lock", "xxxx") X(54, "ioctl", "dxx") \
  X(55, "fcntl", "dxx") X(56, "mpx", "xxxx") X(57, "setpgid", "xxxx") X(58, "ulimit", "xxxx") \
  X(59, "unused59", "xxxx") X(60, "umask", "o") X(61, "chroot", "xxxx") X(62, "ustat", "xxxx") \
  X(63, "dup2", "dd") X(64, "getppid", "") X(65, "getpgrp", "") X(66, "setsid", "xxxx") \
  X(67, "sigaction", "xxxx") X(68, "sgetmask", "xxxx") X(69, "ssetmask", "xxxx") \
  X(70, "setreuid", "xxxx") X(71, "setregid", "xxxx") X(72, "sigsuspend", "xxxx") \
  X(73, "sigpending", "xxxx") X(74, "sethostname", "xxxx") X(75, "setrlimit", "dx") \
  X(76, "getrlimit", "dx") X(77, "getrusage", "dx") X(78, "gettimeofday", "xx") \
  X(79, "settimeofday", "xxxx") X(80, "getgroups", "xxxx") X(81, "setgroups", "xxxx") \
  X(82, "reserved82", "xxxx") X(83, "symlink", "ss") X(84, "unused84", "xxxx") \
  X(85, "readlink", "sxn") X(86, "uselib", "xxxx") X(87, "swapon", "xxxx") \
  X(88, "reboot", "xxxx") X(89, "readdir", "xxxx") X(90, "mmap", "xnxxdx") \
  X(91, "munmap", "xn") X(92, "truncate", "su") X(93, "ftruncate", "du") \
  X(94, "fchmod", "xxxx") X(95, "fchown", "xxxx") X(96, "getpriority", "xxxx") \
  X(97, "setpriority", "xxxx") X(98, "profil", "xxxx") X(99, "statfs", "xxxx") \
  X(100, "fstatfs", "xxxx") X(101, "ioperm", "xxxx") X(102, "socketcall", "xxxx") \
  X(103, "syslog", "xxxx") X(104, "setitimer", "xxxx") X(105, "getitimer", "xxxx") \
  X(106, "stat", "sx") X(107, "lstat", "sx") X(108, "fstat", "dx") X(109, "unused109", "xxxx") \
  X(110, "iopl", "xxxx") X(111, "vhangup", "xxxx") X(112, "idle", "xxxx") \
  X(113, "vm86", "xxxx") X(114, "wait4", "xxxx") X(115, "swapoff", "xxxx") \
  X(116, "sysinfo", "x") X(117, "ipc", "xxxx") X(118, "fsync", "xxxx") \
  X(119, "sigreturn", "xxxx") X(120, "clone", "xxxxx") X(121, "setdomainname", "xxxx") \
  X(122, "uname", "x") X(123, "modify_ldt", "xxxx") X(124, "adjtimex", "xxxx") \
  X(125, "mprotect", "xnx") X(126, "sigprocmask", "xxxx") X(127, "create_module", "xxxx") \
  X(128, "init_module", "xxxx") X(129, "delete_module", "xxxx") \
  X(130, "get_kernel_syms", "xxxx") X(131, "quotactl", "xxxx") X(132, "getpgid", "xxxx") \
  X(133, "fchdir", "xxxx") X(134, "bdflush", "xxxx") X(135, "sysfs", "xxxx") \
  X(136, "personality", "xxxx") X(137, "afs_syscall", "xxxx") X(138, "setfsuid", "xxxx") \
  X(139, "setfsgid", "xxxx") X(140, "_llseek", "dxxxd") X(141, "getdents", "dxn") \
  X(142, "_newselect", "xxxx") X(143, "flock", "xxxx") X(144, "msync", "xxxx") \
  X(145, "readv", "dxd") X(146, "writev", "dxd") X(147, "cacheflush", "xxxx") \
  X(148, "cachectl", "xxxx") X(149, "sysmips", "xxxx") X(150, "unused150", "xxxx") \
  X(151, "getsid", "xxxx") X(152, "fdatasync", "xxxx") X(153, "_sysctl", "xxxx") \
  X(154, "mlock", "xn") X(155, "munlock", "xn") X(156, "mlockall", "xxxx") \
  X(157, "munlockall", "xxxx") X(158, "sched_setparam", "xxxx") X(159, "sched_getparam", "dx") \
  X(160, "sched_setscheduler", "xxxx") X(161, "sched_getscheduler", "d") \
  X(162, "sched_yield", "") X(163, "sched_get_priority_max", "xxxx") \
  X(164, "sched_get_priority_min", "xxxx") X(165, "sched_rr_get_interval", "xxxx") \
  X(166, "nanosleep", "xx") X(167, "mremap", "xnnxx") X(168, "accept", "xxxx") \
  X(169, "bind", "xxxx") X(170, "connect", "dxn") X(171, "getpeername", "xxxx") \
  X(172, "getsockname", "xxxx") X(173, "getsockopt", "xxxx") X(174, "listen", "xxxx") \
  X(175, "recv", "xxxx") X(176, "recvfrom", "xxxx") X(177, "recvmsg", "xxxx") \
  X(178, "send", "xxxx") X(179, "sendmsg", "xxxx") X(180, "sendto", "xxxx") \
  X(181, "setsockopt", "xxxx") X(182, "shutdown", "xxxx") X(183, "socket", "ddd") \
  X(184, "socketpair", "xxxx") X(185, "setresuid", "xxxx") X(186, "getresuid", "xxxx") \
  X(187, "query_module", "xxxx") X(188, "poll", "xdd") X(189, "nfsservctl", "xxxx") \
  X(190, "setresgid", "xxxx") X(191, "getresgid", "xxxx") X(192, "prctl", "dxxxx") \
  X(193, "rt_sigreturn", "xxxx") X(194, "rt_sigaction", "dxxn") \
  X(195, "rt_sigprocmask", "dxxn") X(196, "rt_sigpending", "xxxx") \
  X(197, "rt_sigtimedwait", "xxxx") X(198, "rt_sigqueueinfo", "xxxx") \
  X(199, "rt_sigsuspend", "xxxx") X(200, "pread64", "drnxxx") X(201, "pwrite64", "dbnxxx") \
  X(202, "chown", "xxxx") X(203, "getcwd", "xn") X(204, "capget", "xxxx") \
  X(205, "capset", "xxxx") X(206, "sigaltstack", "xx") X(207, "sendfile", "xxxx") \
  X(208, "getpmsg", "xxxx") X(209, "putpmsg", "xxxx") X(210, "mmap2", "xnxxdx") \
  X(211, "truncate64", "xxxx") X(212, "ftruncate64", "xxxx") X(213, "stat64", "sx") \
  X(214, "lstat64", "sx") X(215, "fstat64", "dx") X(216, "pivot_root", "xxxx") \
  X(217, "mincore", "xxxx") X(218, "madvise", "xnd") X(219, "getdents64", "dxn") \
  X(220, "fcntl64", "dxx") X(221, "reserved221", "xxxx") X(222, "gettid", "") \
  X(223, "readahead", "xxxx") X(224, "setxattr", "xxxx") X(225, "lsetxattr", "xxxx") \
  X(226, "fsetxattr", "xxxx") X(227, "getxattr", "xxxx") X(228, "lgetxattr", "xxxx") \
  X(229, "fgetxattr", "xxxx") X(230, "listxattr", "xxxx") X(231, "llistxattr", "xxxx") \
  X(232, "flistxattr", "xxxx") X(233, "removexattr", "xxxx") X(234, "lremovexattr", "xxxx") \
  X(235, "fremovexattr", "xxxx") X(236, "tkill", "dd") X(237, "sendfile64", "xxxx") \
  X(238, "futex", "xddxxx") X(239, "sched_setaffinity", "xxxx") \
  X(240, "sched_getaffinity", "dnx") X(241, "io_setup", "xxxx") X(242, "io_destroy", "xxxx") \
  X(243, "io_getevents", "xxxx") X(244, "io_submit", "xxxx") X(245, "io_cancel", "xxxx") \
  X(246, "exit_group", "d") X(247, "lookup_dcookie", "xxxx") X(248, "epoll_create", "d") \
  X(249, "epoll_ctl", "dddx") X(250, "epoll_wait", "dxdd") X(251, "remap_file_pages", "xxxx") \
  X(252, "set_tid_address", "x") X(253, "restart_syscall", "xxxx") X(254, "fadvise64", "xxxx") \
  X(255, "statfs64", "xxxx") X(256, "fstatfs64", "xxxx") X(257, "timer_create", "dxx") \
  X(258, "timer_settime", "xxxx") X(259, "timer_gettime", "xxxx") \
  X(260, "timer_getoverrun", "xxxx") X(261, "timer_delete", "xxxx") \
  X(262, "clock_settime", "xxxx") X(263, "clock_gettime", "dx") X(264, "clock_getres", "dx") \
  X(265, "clock_nanosleep", "ddxx") X(266, "tgkill", "ddd") X(267, "utimes", "xxxx") \
  X(268, "mbind", "xxxx") X(269, "get_mempolicy", "xxxx") X(270, "set_mempolicy", "xxx") \
  X(271, "mq_open", "xxxx") X(272, "mq_unlink", "xxxx") X(273, "mq_timedsend", "xxxx") \
  X(274, "mq_timedreceive", "xxxx") X(275, "mq_notify", "xxxx") X(276, "mq_getsetattr", "xxxx") \
  X(277, "vserver", "xxxx") X(278, "waitid", "xxxx") X(280, "add_key", "xxxx") \
  X(281, "request_key", "xxxx") X(282, "keyctl", "xxxx") X(283, "set_thread_area", "x") \
  X(284, "inotify_init", "xxxx") X(285, "inotify_add_watch", "xxxx") \
  X(286, "inotify_rm_watch", "xxxx") X(287, "migrate_pages", "xxxx") X(288, "openat", "Fsxo") \
  X(289, "mkdirat", "Fso") X(290, "mknodat", "xxxx") X(291, "fchownat", "xxxx") \
  X(292, "futimesat", "xxxx") X(293, "fstatat64", "Fsxx") X(294, "unlinkat", "Fsx") \
  X(295, "renameat", "xxxx") X(296, "linkat", "xxxx") X(297, "symlinkat", "xxxx") \
  X(298, "readlinkat", "Fsxn") X(299, "fchmodat", "xxxx") X(300, "faccessat", "Fso") \
  X(301, "pselect6", "xxxx") X(302, "ppoll", "xxxx") X(303, "unshare", "xxxx") \
  X(304, "splice", "xxxx") X(305, "sync_file_range", "xxxx") X(306, "tee", "xxxx") \
  X(307, "vmsplice", "xxxx") X(308, "move_pages", "xxxx") X(309, "set_robust_list", "xn") \
  X(310, "get_robust_list", "dxx") X(311, "kexec_load", "xxxx") X(312, "getcpu", "xxxx") \
  X(313, "epoll_pwait", "dxddx") X(314, "ioprio_set", "xxxx") X(315, "ioprio_get", "xxxx") \
  X(316, "utimensat", "xxxx") X(317, "signalfd", "xxxx") X(318, "timerfd", "xxxx") \
  X(319, "eventfd", "xxxx") X(320, "fallocate", "xxxx") X(321, "timerfd_create", "xxxx") \
  X(322, "timerfd_gettime", "xxxx") X(323, "timerfd_settime", "xxxx") \
  X(324, "signalfd4", "xxxx") X(325, "eventfd2", "ux") X(326, "epoll_create1", "x") \
  X(327, "dup3", "ddx") X(328, "pipe2", "xx") X(329, "inotify_init1", "xxxx") \
  X(330, "preadv", "xxxx") X(331, "pwritev", "xxxx") X(332, "rt_tgsigqueueinfo", "xxxx") \
  X(333, "perf_event_open", "xxxx") X(334, "accept4", "xxxx") X(335, "recvmmsg", "xxxx") \
  X(336, "fanotify_init", "xxxx") X(337, "fanotify_mark", "xxxx") X(338, "prlimit64", "ddxx") \
  X(339, "name_to_handle_at", "xxxx") X(340, "open_by_handle_at", "xxxx") \
  X(341, "clock_adjtime", "xxxx") X(342, "syncfs", "xxxx") X(343, "sendmmsg", "xxxx") \
  X(344, "setns", "xxxx") X(345, "process_vm_readv", "xxxx") \
  X(346, "process_vm_writev", "xxxx") X(347, "kcmp", "xxxx") X(348, "finit_module", "xxxx") \
  X(349, "sched_setattr", "xxxx") X(350, "sched_getattr", "xxxx") X(351, "renameat2", "xxxx") \
  X(352, "seccomp", "xxxx") X(353, "getrandom", "rnx") X(354, "memfd_create", "xxxx") \
  X(355, "bpf", "xxxx") X(356, "execveat", "xxxx") X(357, "userfaultfd", "xxxx") \
  X(358, "membarrier", "dx") X(359, "mlock2", "xxxx") X(360, "copy_file_range", "xxxx") \
  X(361, "preadv2", "xxxx") X(362, "pwritev2", "xxxx") X(363, "pkey_mprotect", "xxxx") \
  X(364, "pkey_alloc", "xxxx") X(365, "pkey_free", "xxxx") X(366, "statx", "Fsxxx") \
  X(367, "rseq", "xnxx") X(368, "io_pgetevents", "xxxx") X(393, "semget", "xxxx") \
  X(394, "semctl", "xxxx") X(395, "shmget", "xxxx") X(396, "shmctl", "xxxx") \
  X(397, "shmat", "xxxx") X(398, "shmdt", "xxxx") X(399, "msgget", "xxxx") \
  X(400, "msgsnd", "xxxx") X(401, "msgrcv", "xxxx") X(402, "msgctl", "xxxx") \
  X(403, "clock_gettime64", "dx") X(404, "clock_settime64", "xxxx") \
  X(405, "clock_adjtime64", "xxxx") X(406, "clock_getres_time64", "dx") \
  X(407, "clock_nanosleep_time64", "ddxx") X(408, "timer_gettime64", "xxxx") \
  X(409, "timer_settime64", "xxxx") X(410, "timerfd_gettime64", "xxxx") \
  X(411, "timerfd_settime64", "xxxx") X(412, "utimensat_time64", "xxxx") \
  X(413, "pselect6_time64", "xxxx") X(414, "ppoll_time64", "xdxxn") \
  X(416, "io_pgetevents_time64", "xxxx") X(417, "recvmmsg_time64", "xxxx") \
  X(418, "mq_timedsend_time64", "xxxx") X(419, "mq_timedreceive_time64", "xxxx") \
  X(420, "semtimedop_time64", "xxxx") X(421, "rt_sigtimedwait_time64", "xxxx") \
  X(422, "futex_time64", "xddxxx") X(423, "sched_rr_get_interval_time64", "xxxx") \
  X(424, "pidfd_send_signal", "xxxx") X(425, "io_uring_setup", "xxxx") \
  X(426, "io_uring_enter", "xxxx") X(427, "io_uring_register", "xxxx") \
  X(428, "open_tree", "xxxx") X(429, "move_mount", "xxxx") X(430, "fsopen", "xxxx") \
  X(431, "fsconfig", "xxxx") X(432, "fsmount", "xxxx") X(433, "fspick", "xxxx") \
  X(434, "pidfd_open", "xxxx") X(435, "clone3", "xn") X(436, "close_range", "uux") \
  X(437, "openat2", "xxxx") X(438, "pidfd_getfd", "xxxx") X(439, "faccessat2", "Fsox") \
  X(440, "process_madvise", "xxxx") X(441, "epoll_pwait2", "xxxx") \
  X(442, "mount_setattr", "xxxx") X(443, "quotactl_fd", "xxxx") \
  X(444, "landlock_create_ruleset", "xxxx") X(445, "landlock_add_rule", "xxxx") \
  X(446, "landlock_restrict_self", "xxxx") X(448, "process_mrelease", "xxxx") \
  X(449, "futex_waitv", "xxxx") X(450, "set_mempolicy_home_node", "xxxx")

// X(number, name)
#define MIPZK_LINUX_ERRORS(X) \
  X(1, "EPERM") X(2, "ENOENT") X(3, "ESRCH") X(4, "EINTR") X(5, "EIO") X(6, "ENXIO") \
  X(7, "E2BIG") X(8, "ENOEXEC") X(9, "EBADF") X(10, "ECHILD") X(11, "EAGAIN") X(12, "ENOMEM") \
  X(13, "EACCES") X(14, "EFAULT") X(15, "ENOTBLK") X(16, "EBUSY") X(17, "EEXIST") \
  X(18, "EXDEV") X(19, "ENODEV") X(20, "ENOTDIR") X(21, "EISDIR") X(22, "EINVAL") \
  X(23, "ENFILE") X(24, "EMFILE") X(25, "ENOTTY") X(26, "ETXTBSY") X(27, "EFBIG") \
  X(28, "ENOSPC") X(29, "ESPIPE") X(30, "EROFS") X(31, "EMLINK") X(32, "EPIPE") X(33, "EDOM") \
  X(34, "ERANGE") X(35, "ENOMSG") X(36, "EIDRM") X(37, "ECHRNG") X(38, "EL2NSYNC") \
  X(39, "EL3HLT") X(40, "EL3RST") X(41, "ELNRNG") X(42, "EUNATCH") X(43, "ENOCSI") \
  X(44, "EL2HLT") X(45, "EDEADLK") X(46, "ENOLCK") X(50, "EBADE") X(51, "EBADR") \
  X(52, "EXFULL") X(53, "ENOANO") X(54, "EBADRQC") X(55, "EBADSLT") X(56, "EDEADLOCK") \
  X(59, "EBFONT") X(60, "ENOSTR") X(61, "ENODATA") X(62, "ETIME") X(63, "ENOSR") \
  X(64, "ENONET") X(65, "ENOPKG") X(66, "EREMOTE") X(67, "ENOLINK") X(68, "EADV") \
  X(69, "ESRMNT") X(70, "ECOMM") X(71, "EPROTO") X(73, "EDOTDOT") X(74, "EMULTIHOP") \
  X(77, "EBADMSG") X(78, "ENAMETOOLONG") X(79, "EOVERFLOW") X(80, "ENOTUNIQ") X(81, "EBADFD") \
  X(82, "EREMCHG") X(83, "ELIBACC") X(84, "ELIBBAD") X(85, "ELIBSCN") X(86, "ELIBMAX") \
  X(87, "ELIBEXEC") X(88, "EILSEQ") X(89, "ENOSYS") X(90, "ELOOP") X(91, "ERESTART") \
  X(92, "ESTRPIPE") X(93, "ENOTEMPTY") X(94, "EUSERS") X(95, "ENOTSOCK") X(96, "EDESTADDRREQ") \
  X(97, "EMSGSIZE") X(98, "EPROTOTYPE") X(99, "ENOPROTOOPT") X(120, "EPROTONOSUPPORT") \
  X(121, "ESOCKTNOSUPPORT") X(122, "EOPNOTSUPP") X(123, "EPFNOSUPPORT") X(124, "EAFNOSUPPORT") \
  X(125, "EADDRINUSE") X(126, "EADDRNOTAVAIL") X(127, "ENETDOWN") X(128, "ENETUNREACH") \
  X(129, "ENETRESET") X(130, "ECONNABORTED") X(131, "ECONNRESET") X(132, "ENOBUFS") \
  X(133, "EISCONN") X(134, "ENOTCONN") X(135, "EUCLEAN") X(137, "ENOTNAM") X(138, "ENAVAIL") \
  X(139, "EISNAM") X(140, "EREMOTEIO") X(141, "EINIT") X(142, "EREMDEV") X(143, "ESHUTDOWN") \
  X(144, "ETOOMANYREFS") X(145, "ETIMEDOUT") X(146, "ECONNREFUSED") X(147, "EHOSTDOWN") \
  X(148, "EHOSTUNREACH") X(149, "EALREADY") X(150, "EINPROGRESS") X(151, "ESTALE") \
  X(158, "ECANCELED") X(159, "ENOMEDIUM") X(160, "EMEDIUMTYPE") X(161, "ENOKEY") \
  X(162, "EKEYEXPIRED") X(163, "EKEYREVOKED") X(164, "EKEYREJECTED") X(165, "EOWNERDEAD") \
  X(166, "ENOTRECOVERABLE") X(167, "ERFKILL") X(168, "EHWPOISON") X(1133, "EDQUOT")
// clang-format on
