// SPDX-License-Identifier: Apache-2.0
//! Programs: loading an ELF file, and facts about it.

use crate::context::Context;
use crate::error::{check, text, Result};
use crate::sized;
use crate::verify::ProgramId;
use mipzk_sys as sys;
use std::{ptr, slice};

/// A loaded ELF file.
pub struct Program(*mut sys::mipzk_program);

// SAFETY: a program never changes, and the library lets any number of threads look at it.
unsafe impl Send for Program {}
unsafe impl Sync for Program {}

/// For a Linux program it includes the in-guest kernel.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ProgramInfo {
    /// Byte address.
    pub entry: u32,
    /// e_flags.
    pub elf_flags: u32,
    pub symbols: u64,
    /// Executable words that the machine knows.
    pub instructions: u64,
    /// Words with initial contents, registers included.
    pub image_words: u64,
    pub segments: Vec<Segment>,
}

/// A part of a program's memory.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Segment {
    pub address: u32,
    /// Bytes; what lies beyond `file_size` is zero.
    pub memory_size: u32,
    /// Bytes with initial content.
    pub file_size: u32,
    pub readable: bool,
    pub writable: bool,
    pub executable: bool,
}

/// A name in a program.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Symbol {
    /// At most 255 bytes; what terminals act on appears as `\x1b`.
    pub name: String,
    pub address: u32,
    /// Bytes.
    pub size: u32,
}

impl Program {
    /// Reads a static MIPS ELF file. Errors: `Elf`, `NoMemory`.
    pub fn load(context: &mut Context, elf: &[u8]) -> Result<Program> {
        let mut program = ptr::null_mut();
        // SAFETY: the context is ours alone; a slice with its length.
        check(|err| unsafe { sys::mipzk_program_load_elf(context.raw(), elf.as_ptr(), elf.len(), &mut program, err) })?;
        Ok(Program(program))
    }

    /// Commits to all code and initial data. It is what a verifier must know.
    pub fn id(&self) -> ProgramId {
        let mut id = [0; 32];
        // SAFETY: 32 bytes.
        unsafe { sys::mipzk_program_id(self.0, id.as_mut_ptr()) };
        ProgramId(id)
    }

    pub fn info(&self) -> Result<ProgramInfo> {
        let mut info = sized!(mipzk_program_info);
        // SAFETY: whole structs.
        check(|err| unsafe { sys::mipzk_program_inspect(self.0, &mut info, err) })?;
        let segment = |index| {
            let mut s = sized!(mipzk_segment);
            check(|err| unsafe { sys::mipzk_program_segment(self.0, index, &mut s, err) })?;
            Ok(Segment {
                address: s.address,
                memory_size: s.memory_size,
                file_size: s.file_size,
                readable: s.flags & 4 != 0,
                writable: s.flags & 2 != 0,
                executable: s.flags & 1 != 0,
            })
        };
        Ok(ProgramInfo {
            entry: info.entry,
            elf_flags: info.elf_flags,
            symbols: info.symbols,
            instructions: info.instructions,
            image_words: info.image_words,
            segments: (0..info.segments).map(segment).collect::<Result<_>>()?,
        })
    }

    /// The symbols, ascending by address.
    pub fn symbols(&self) -> impl Iterator<Item = Symbol> + '_ {
        (0..).map_while(move |index| {
            let (mut address, mut size) = (0, 0);
            // SAFETY: places for the results; the name lives as long as the program.
            unsafe {
                let name = sys::mipzk_program_symbol(self.0, index, &mut address, &mut size);
                (!name.is_null()).then(|| Symbol { name: text(name), address, size })
            }
        })
    }

    /// The least shape of a shard with every table that a run of the program may need, at least heights; to be joined with the
    /// shapes of typical proofs, see [`Job::shape`](crate::Job::shape).
    pub fn shape(&self) -> &[u8] {
        let mut size = 0;
        // SAFETY: the bytes live as long as the program, and are not NULL for one.
        unsafe {
            let data = sys::mipzk_program_shape(self.0, &mut size);
            slice::from_raw_parts(data, size)
        }
    }

    pub(crate) fn raw(&self) -> *const sys::mipzk_program {
        self.0
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // SAFETY: nobody has it after us.
        unsafe { sys::mipzk_program_free(self.0) }
    }
}
