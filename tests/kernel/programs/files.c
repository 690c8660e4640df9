/* SPDX-License-Identifier: Apache-2.0 */
/* Files in memory: whatever a program does with them in one process. Works in the folder that the
 * first argument names, or /tmp. */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>
#include <utime.h>

#include "check.h"

static char bytes[20000], again[20000];

static void write_and_read(void) {
  struct stat s;
  for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (char)(i * 7 + i / 256);
  int fd = open("file", O_RDWR | O_CREAT | O_EXCL, 0640);
  CHECK(fd >= 0 && open("file", O_RDWR | O_CREAT | O_EXCL, 0640) == -1 && errno == EEXIST);
  CHECK(write(fd, bytes, sizeof bytes) == sizeof bytes && lseek(fd, 0, SEEK_CUR) == sizeof bytes);
  CHECK(lseek(fd, 4000, SEEK_SET) == 4000 && read(fd, again, 5000) == 5000);
  CHECK(memcmp(again, bytes + 4000, 5000) == 0 && read(fd, again, sizeof again) == 11000);
  CHECK(read(fd, again, 1) == 0 && lseek(fd, -1, SEEK_SET) == -1 && errno == EINVAL);
  CHECK(pwrite(fd, "abc", 3, 4095) == 3 && pread(fd, again, 5, 4094) == 5);
  CHECK(again[0] == bytes[4094] && memcmp(again + 1, "abc", 3) == 0 && again[4] == bytes[4098]);
  CHECK(fstat(fd, &s) == 0 && s.st_size == sizeof bytes && S_ISREG(s.st_mode) && (s.st_mode & 0777) == 0640);
  CHECK(s.st_nlink == 1 && s.st_mtime > 900000000);
  /* A hole, and what is cut off reads as zero when it comes again. */
  CHECK(lseek(fd, 30000, SEEK_SET) == 30000 && write(fd, "x", 1) == 1);
  CHECK(pread(fd, again, 4, 29998) == 3 && again[0] == 0 && again[2] == 'x');
  CHECK(ftruncate(fd, 5000) == 0 && ftruncate(fd, 9000) == 0 && fstat(fd, &s) == 0 && s.st_size == 9000);
  CHECK(pread(fd, again, 10, 4998) == 10 && again[1] == bytes[4999] && again[2] == 0 && again[9] == 0);
  struct iovec v[2] = {{again, 3}, {again + 10, 4}};
  CHECK(preadv(fd, v, 2, 100) == 7 && memcmp(again + 10, bytes + 103, 4) == 0);
  CHECK(pwritev(fd, v, 2, 200) == 7 && pread(fd, again, 7, 200) == 7 && memcmp(again, bytes + 100, 7) == 0);
  CHECK(posix_fallocate(fd, 0, 12000) == 0 && fstat(fd, &s) == 0 && s.st_size == 12000);
  CHECK(posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL) == 0 && fsync(fd) == 0 && fdatasync(fd) == 0);
  /* Descriptors of dup share the position, those of another open do not. */
  int other = dup(fd), third = open("file", O_RDONLY);
  CHECK(lseek(fd, 77, SEEK_SET) == 77 && lseek(other, 0, SEEK_CUR) == 77 && lseek(third, 0, SEEK_CUR) == 0);
  CHECK(write(third, "x", 1) == -1 && errno == EBADF);
  CHECK((fcntl(third, F_GETFL) & O_ACCMODE) == O_RDONLY);
  close(third);
  third = open("file", O_WRONLY | O_APPEND | O_CLOEXEC);
  CHECK(write(third, "end", 3) == 3 && read(third, again, 1) == -1 && errno == EBADF);
  CHECK(fcntl(third, F_GETFD) == FD_CLOEXEC && fcntl(fd, F_GETFD) == 0);
  CHECK(pread(fd, again, 3, 12000) == 3 && memcmp(again, "end", 3) == 0);
  close(third);
  third = open("file", O_RDWR | O_TRUNC);
  CHECK(fstat(fd, &s) == 0 && s.st_size == 0);
  close(third);
  close(other);
  close(fd);
  CHECK(truncate("file", 10) == 0 && stat("file", &s) == 0 && s.st_size == 10);
  CHECK(open("file/x", O_RDONLY) == -1 && errno == ENOTDIR);
  CHECK(open("nothing", O_RDONLY) == -1 && errno == ENOENT && access("file", R_OK) == 0);
}

static void folders(void) {
  struct stat s;
  char name[400];
  CHECK(mkdir("a", 0755) == 0 && mkdir("a", 0755) == -1 && errno == EEXIST);
  CHECK(mkdir("a/b", 0700) == 0 && stat("a", &s) == 0 && S_ISDIR(s.st_mode));
  for (int i = 0; i < 40; i++) {
    snprintf(name, sizeof name, "a/a file with the number %d", i);
    close(open(name, O_CREAT | O_WRONLY, 0600));
  }
  CHECK(rmdir("a") == -1 && errno == ENOTEMPTY && unlink("a/b") == -1 && (errno == EISDIR || errno == EPERM));
  CHECK(open("a", O_WRONLY) == -1 && errno == EISDIR && open("file", O_RDONLY | O_DIRECTORY) == -1 && errno == ENOTDIR);
  /* A folder is read while its files are removed. */
  DIR* folder = opendir("a");
  int count = 0, dots = 0, folders = 0;
  for (struct dirent* e; (e = readdir(folder)) != NULL;) {
    if (e->d_name[0] == '.') {
      dots++;
    } else if (e->d_type == DT_DIR) {
      folders++;
    } else {
      CHECK(e->d_type == DT_REG && unlinkat(dirfd(folder), e->d_name, 0) == 0);
      count++;
    }
  }
  CHECK(count == 40 && dots == 2 && folders == 1);
  rewinddir(folder);
  for (count = 0; readdir(folder) != NULL;) count++;
  CHECK(count == 3 && closedir(folder) == 0);
  /* The current folder. */
  char before[300], inside[300];
  CHECK(getcwd(before, sizeof before) != NULL && chdir("a/b") == 0 && getcwd(inside, sizeof inside) != NULL);
  snprintf(name, sizeof name, "%s/a/b", before);
  CHECK(strcmp(name, inside) == 0 && stat("../b", &s) == 0 && chdir("../..") == 0);
  int fd = open("a", O_RDONLY | O_DIRECTORY);
  CHECK(mkdirat(fd, "c", 0755) == 0 && faccessat(fd, "c", F_OK, 0) == 0 && fchdir(fd) == 0 && stat("c", &s) == 0);
  CHECK(chdir("..") == 0 && unlinkat(fd, "c", AT_REMOVEDIR) == 0);
  CHECK(read(fd, again, 1) == -1 && errno == EISDIR);
  close(fd);
  CHECK(rmdir("a/b") == 0 && rmdir("a") == 0 && stat("a", &s) == -1 && errno == ENOENT);
}

static void names(void) {
  struct stat s, t;
  int fd = open("one", O_RDWR | O_CREAT, 0600);
  CHECK(write(fd, "first", 5) == 5 && link("one", "two") == 0 && stat("two", &s) == 0 && s.st_nlink == 2);
  CHECK(fstat(fd, &t) == 0 && s.st_ino == t.st_ino && link("one", "two") == -1 && errno == EEXIST);
  CHECK(rename("one", "three") == 0 && access("one", F_OK) == -1 && access("three", F_OK) == 0);
  CHECK(unlink("two") == 0 && unlink("three") == 0 && unlink("three") == -1 && errno == ENOENT);
  /* What is open lives on without a name. */
  CHECK(fstat(fd, &s) == 0 && s.st_nlink == 0 && pread(fd, again, 5, 0) == 5 && memcmp(again, "first", 5) == 0);
  close(fd);
  CHECK(symlink("file", "soft") == 0 && readlink("soft", again, 100) == 4 && memcmp(again, "file", 4) == 0);
  CHECK(lstat("soft", &s) == 0 && S_ISLNK(s.st_mode) && stat("soft", &s) == 0 && S_ISREG(s.st_mode));
  CHECK(open("soft", O_RDONLY | O_NOFOLLOW) == -1 && errno == ELOOP && readlink("file", again, 9) == -1 && errno == EINVAL);
  CHECK(symlink("loop", "loop") == 0 && open("loop", O_RDONLY) == -1 && errno == ELOOP);
  CHECK(unlink("loop") == 0 && unlink("soft") == 0 && access("file", F_OK) == 0);
  /* Renaming over a file, a folder into itself, and without replacing. */
  close(open("new", O_CREAT | O_WRONLY, 0600));
  CHECK(rename("new", "file") == 0 && stat("file", &s) == 0 && s.st_size == 0);
  CHECK(mkdir("d", 0755) == 0 && rename("d", "d/e") == -1 && errno == EINVAL && rename("file", "d") == -1 && errno == EISDIR);
  CHECK(rename("file", "d/file") == 0 && rename("d", "e") == 0 && access("e/file", F_OK) == 0);
  CHECK(syscall(SYS_renameat2, AT_FDCWD, "e/file", AT_FDCWD, "e", 1) == -1 && errno == EEXIST);
  CHECK(rename("e/file", "file") == 0 && rmdir("e") == 0);
  char name[300];
  memset(name, 'n', sizeof name);
  name[256] = 0;
  CHECK(open(name, O_CREAT | O_WRONLY, 0600) == -1 && errno == ENAMETOOLONG);
  name[255] = 0;
  fd = open(name, O_CREAT | O_WRONLY, 0600);
  CHECK(fd >= 0 && unlink(name) == 0 && close(fd) == 0);
}

static void about_files(void) {
  struct stat s;
  struct statvfs f;
  CHECK(chmod("file", 0604) == 0 && stat("file", &s) == 0 && (s.st_mode & 0777) == 0604);
  struct utimbuf times = {1000000000, 1100000000};
  CHECK(utime("file", &times) == 0 && stat("file", &s) == 0 && s.st_mtime == 1100000000 && s.st_atime == 1000000000);
  struct timespec two[2] = {{1, UTIME_OMIT}, {1200000000, 0}};
  int fd = open("file", O_RDWR);
  CHECK(futimens(fd, two) == 0 && fstat(fd, &s) == 0 && s.st_mtime == 1200000000 && s.st_atime == 1000000000);
  CHECK(fchmod(fd, 0644) == 0 && statvfs(".", &f) == 0 && f.f_bsize > 0 && fstatvfs(fd, &f) == 0 && f.f_namemax == 255);
  CHECK(flock(fd, LOCK_EX) == 0);
  int other = open("file", O_RDWR);
  CHECK(flock(other, LOCK_EX | LOCK_NB) == -1 && errno == EWOULDBLOCK && flock(fd, LOCK_SH) == 0);
  CHECK(flock(other, LOCK_SH | LOCK_NB) == 0 && flock(fd, LOCK_UN) == 0 && flock(other, LOCK_EX | LOCK_NB) == 0);
  CHECK(close(other) == 0 && flock(fd, LOCK_EX | LOCK_NB) == 0);
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  CHECK(fcntl(fd, F_SETLK, &lock) == 0 && fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type == F_UNLCK);
  CHECK(ioctl(fd, TIOCGWINSZ, again) == -1 && errno == ENOTTY && !isatty(fd));
  struct pollfd p = {fd, POLLIN | POLLOUT, 0};
  CHECK(poll(&p, 1, 0) == 1 && p.revents == (POLLIN | POLLOUT));
  struct statx x;
  CHECK(statx(AT_FDCWD, "file", 0, STATX_BASIC_STATS, &x) == 0 && x.stx_size == 0 && x.stx_mtime.tv_sec == 1200000000);
  close(fd);
}

static void mappings(void) {
  int fd = open("mapped", O_RDWR | O_CREAT, 0600);
  CHECK(write(fd, bytes, 10000) == 10000);
  char* p = mmap(NULL, 10000, PROT_READ, MAP_PRIVATE, fd, 0);
  CHECK(p != MAP_FAILED && memcmp(p, bytes, 10000) == 0 && p[10001] == 0 && munmap(p, 10000) == 0);
  p = mmap(NULL, 5000, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 4096);
  CHECK(p != MAP_FAILED && memcmp(p, bytes + 4096, 5000) == 0);
  p[0] ^= 1;
  CHECK(pread(fd, again, 1, 4096) == 1 && again[0] == bytes[4096] && munmap(p, 5000) == 0);
  p = mmap(NULL, 10000, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  CHECK(p != MAP_FAILED);
  p[9999] = 'e', p[0] = 'b', p[10001] = 'z';
  CHECK(pread(fd, again, 1, 9999) == 1 && again[0] == 'e' && pwrite(fd, "m", 1, 5000) == 1 && p[5000] == 'm');
  CHECK(msync(p, 10000, MS_SYNC) == 0 && munmap(p, 10000) == 0 && pread(fd, again, 3, 0) == 3 && again[0] == 'b');
  struct stat s;
  CHECK(fstat(fd, &s) == 0 && s.st_size == 10000);
  close(fd);
  fd = open("mapped", O_RDONLY);
  CHECK(mmap(NULL, 10, PROT_WRITE, MAP_SHARED, fd, 0) == MAP_FAILED && errno == EACCES);
  close(fd);
  CHECK(unlink("mapped") == 0);
  fd = memfd_create("shared", MFD_CLOEXEC);
  CHECK(fd >= 0 && ftruncate(fd, 8192) == 0);
  p = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  CHECK(p != MAP_FAILED);
  p[8191] = 5;
  CHECK(pread(fd, again, 1, 8191) == 1 && again[0] == 5);
  close(fd);
  CHECK(p[8191] == 5 && munmap(p, 8192) == 0);
}

static void copies(void) {
  int from = open("file", O_RDWR | O_TRUNC), to = open("copy", O_RDWR | O_CREAT, 0600), ends[2];
  CHECK(write(from, bytes, 5000) == 5000);
  off_t start = 100;
  CHECK(sendfile(to, from, &start, 3000) == 3000 && start == 3100 && lseek(from, 0, SEEK_CUR) == 5000);
  CHECK(pread(to, again, 3000, 0) == 3000 && memcmp(again, bytes + 100, 3000) == 0);
  CHECK(pipe(ends) == 0);
  off64_t where = 7;
  CHECK(splice(from, &where, ends[1], NULL, 50, 0) == 50 && read(ends[0], again, 100) == 50 && memcmp(again, bytes + 7, 50) == 0);
  CHECK(copy_file_range(from, &where, to, NULL, 20, 0) == 20 || errno == ENOSYS);
  close(ends[0]), close(ends[1]), close(from), close(to);
  CHECK(unlink("copy") == 0 && unlink("file") == 0);
}

static void devices(void) {
  int fd = open("/dev/null", O_RDWR);
  CHECK(fd >= 0 && write(fd, bytes, 100) == 100 && read(fd, again, 100) == 0);
  close(fd);
  fd = open("/dev/zero", O_RDONLY);
  again[0] = again[99] = 1;
  CHECK(read(fd, again, 100) == 100 && again[0] == 0 && again[99] == 0);
  char* p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
  CHECK(p != MAP_FAILED && p[0] == 0 && munmap(p, 4096) == 0);
  close(fd);
  fd = open("/dev/full", O_WRONLY);
  CHECK(write(fd, "x", 1) == -1 && errno == ENOSPC);
  close(fd);
  fd = open("/dev/urandom", O_RDONLY);
  CHECK(read(fd, again, 16) == 16 && read(fd, again + 16, 16) == 16 && memcmp(again, again + 16, 16) != 0);
  close(fd);
  struct stat s;
  CHECK(stat("/dev/null", &s) == 0 && S_ISCHR(s.st_mode) && stat("/dev/stdout", &s) == 0 && S_ISFIFO(s.st_mode));
  fd = open("/dev/stdout", O_WRONLY);
  CHECK(fd >= 0 && write(fd, "by name\n", 8) == 8);
  close(fd);
  fd = open("/proc/self/fd/0", O_RDONLY);
  CHECK(fd >= 0 && read(fd, again, 5) == 5 && memcmp(again, "first", 5) == 0);
  close(fd);
  fd = open("/dev/fd/9", O_RDONLY);
  CHECK(fd == -1 && errno == ENOENT && readlink("/proc/self/exe", again, 100) > 0);
  FILE* maps = fopen("/proc/self/maps", "r");
  CHECK(maps != NULL && fgets(again, 100, maps) != NULL && fclose(maps) == 0);
  FILE* scratch = tmpfile();
  CHECK(scratch != NULL && fputs("scratch", scratch) > 0 && fseek(scratch, 2, SEEK_SET) == 0 && fgetc(scratch) == 'r');
  fclose(scratch);
}

int main(int count, char** words) {
  umask(0);
  CHECK(chdir(count > 1 ? words[1] : "/tmp") == 0);
  write_and_read();
  folders();
  names();
  about_files();
  mappings();
  copies();
  devices();
  puts("files");
  return failures;
}
