// SPDX-License-Identifier: Apache-2.0

package mipzk

// #include <mipzk/mipzk.h>
import "C"

import (
	"runtime"
	"sync"
	"unsafe"
)

// A Program is a loaded ELF file. Its methods may be called from any number of goroutines.
type Program struct {
	options Options
	id      ProgramID

	mu     sync.RWMutex // written only to close
	handle *C.mipzk_program
}

// Load reads a static MIPS ELF file. nil options are the default ones; jobs have the same unless
// they are given others. Errors: ErrELF, ErrArgument, ErrUnsupported, ErrNoMemory.
func Load(elf []byte, options *Options) (*Program, error) {
	p := &Program{}
	if options != nil {
		p.options = *options
	}
	ctx, err := p.options.newContext()
	if err != nil {
		return nil, err
	}
	defer C.mipzk_ctx_free(ctx) // and with it its threads
	data, size := pointer(elf)
	var e C.mipzk_error
	if err := failure(C.mipzk_program_load_elf(ctx, data, size, &p.handle, &e), &e); err != nil {
		return nil, err
	}
	C.mipzk_program_id(p.handle, (*C.uint8_t)(unsafe.Pointer(&p.id[0])))
	runtime.SetFinalizer(p, (*Program).Close)
	return p, nil
}

// Close frees the program. Its jobs do not need it any more. A program that is not closed is freed
// after it has become unreachable. Close never fails.
func (p *Program) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	runtime.SetFinalizer(p, nil)
	C.mipzk_program_free(p.handle)
	p.handle = nil
	return nil
}

// ID commits to all code and initial data of the program. It is what a verifier must know.
func (p *Program) ID() ProgramID { return p.id }

// ProgramInfo describes a program. For a Linux program it includes the in-guest kernel.
type ProgramInfo struct {
	Entry        uint32 // byte address
	ELFFlags     uint32 // e_flags
	Symbols      uint64
	Instructions uint64 // executable words that the machine knows
	ImageWords   uint64 // words with initial contents, registers included
	Segments     []Segment
}

// A Segment is a part of a program's memory.
type Segment struct {
	Address    uint32
	MemorySize uint32 // bytes; what lies beyond FileSize is zero
	FileSize   uint32 // bytes with initial content
	Readable   bool
	Writable   bool
	Executable bool
}

// Info describes the program.
func (p *Program) Info() (*ProgramInfo, error) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	if p.handle == nil {
		return nil, closed("program")
	}
	info := C.mipzk_program_info{struct_size: C.sizeof_mipzk_program_info}
	var e C.mipzk_error
	if err := failure(C.mipzk_program_inspect(p.handle, &info, &e), &e); err != nil {
		return nil, err
	}
	out := &ProgramInfo{
		Entry:        uint32(info.entry),
		ELFFlags:     uint32(info.elf_flags),
		Symbols:      uint64(info.symbols),
		Instructions: uint64(info.instructions),
		ImageWords:   uint64(info.image_words),
	}
	for i := C.uint32_t(0); i < info.segments; i++ {
		s := C.mipzk_segment{struct_size: C.sizeof_mipzk_segment}
		if err := failure(C.mipzk_program_segment(p.handle, i, &s, &e), &e); err != nil {
			return nil, err
		}
		out.Segments = append(out.Segments, Segment{
			Address:    uint32(s.address),
			MemorySize: uint32(s.memory_size),
			FileSize:   uint32(s.file_size),
			Readable:   s.flags&4 != 0,
			Writable:   s.flags&2 != 0,
			Executable: s.flags&1 != 0,
		})
	}
	return out, nil
}

// A Symbol is a name in a program.
type Symbol struct {
	Name    string // UTF-8 of at most 255 bytes; what terminals act on appears as \x1b
	Address uint32
	Size    uint32 // bytes
}

// Symbol returns a symbol, ascending by address from index 0; false if there is no such one.
func (p *Program) Symbol(index uint64) (Symbol, bool) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	var address, size C.uint32_t
	name := C.mipzk_program_symbol(p.handle, C.uint64_t(index), &address, &size)
	if name == nil {
		return Symbol{}, false
	}
	return Symbol{C.GoString(name), uint32(address), uint32(size)}, true
}

// Shape is the least one of a shard with every table that a run of the program may need, at least heights; to
// be joined with the shapes of typical proofs, see Job.Shape. nil if the program is closed.
func (p *Program) Shape() []byte {
	p.mu.RLock()
	defer p.mu.RUnlock()
	var size C.size_t
	return clone(C.mipzk_program_shape(p.handle, &size), size)
}

// NewJob makes a job for one run of the program. nil options are those that it was loaded with.
func (p *Program) NewJob(options *Options) (*Job, error) {
	if options == nil {
		options = &p.options
	}
	p.mu.RLock()
	defer p.mu.RUnlock()
	if p.handle == nil {
		return nil, closed("program")
	}
	ctx, err := options.newContext()
	if err != nil {
		return nil, err
	}
	j := &Job{ctx: ctx}
	var e C.mipzk_error
	if err := failure(C.mipzk_job_new(ctx, p.handle, &j.handle, &e), &e); err != nil {
		C.mipzk_ctx_free(ctx)
		return nil, err
	}
	runtime.SetFinalizer(j, (*Job).Close)
	return j, nil
}

// pointer is what C wants to know of a slice. It may point into an object with Go pointers beside
// the bytes, so it must have a type without pointers when it reaches a call.
func pointer(b []byte) (*C.uint8_t, C.size_t) {
	if len(b) == 0 {
		return nil, 0
	}
	return (*C.uint8_t)(unsafe.Pointer(&b[0])), C.size_t(len(b))
}

// view is memory of C as a slice, for as long as it lives there.
func view(data *C.uint8_t, size C.size_t) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(data)), int(size))
}

// clone copies memory of C; nil for NULL.
func clone(data *C.uint8_t, size C.size_t) []byte {
	if data == nil {
		return nil
	}
	return append([]byte{}, view(data, size)...)
}
