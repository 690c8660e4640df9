// SPDX-License-Identifier: Apache-2.0
// Files made by a real cross compiler, where there is one.
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "check.hpp"

namespace mipzk::elf_test {
namespace {

namespace fs = std::filesystem;

constexpr const char* kSource = R"(
int counter = 5;
int table[1000];
const int constants[3] = {1, 2, 3};
int work(int n) { for (int i = 0; i < n; ++i) counter += constants[i % 3]; return counter; }
void __start(void) { table[1] = work(10); for (;;) { } }
)";

class Toolchain : public testing::Test {
 protected:
  static constexpr const char* kCompiler = "mips-linux-gnu-gcc";
  void SetUp() override {
    if (std::system((std::string(kCompiler) + " --version >/dev/null 2>&1").c_str()) != 0) {
      GTEST_SKIP() << kCompiler << " is not installed";
    }
    folder_ = fs::path(MIPZK_BINARY_DIR) / ("elf_toolchain_test_" + std::to_string(getpid()));
    fs::create_directories(folder_);
    std::ofstream(folder_ / "guest.c") << kSource;
  }
  void TearDown() override {
    if (!folder_.empty()) fs::remove_all(folder_);
  }

  // The file that these options make, or nothing, with a test failure.
  Bytes compile(const std::string& options) {
    const std::string out = (folder_ / "out").string();
    const std::string command = std::string(kCompiler) + " -O1 " + options + " " +
                                (folder_ / "guest.c").string() + " -o " + out + " 2>" +
                                (folder_ / "log").string();
    if (std::system(command.c_str()) != 0) {
      std::ifstream log(folder_ / "log");
      ADD_FAILURE() << command << "\n"
                    << std::string(std::istreambuf_iterator<char>(log),
                                   std::istreambuf_iterator<char>());
      return {};
    }
    std::ifstream in(out, std::ios::binary);
    return Bytes(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }

  static constexpr const char* kBare =
      "-mabi=32 -msoft-float -mno-abicalls -fno-pic -G0 -ffreestanding -nostdlib -static ";
  static constexpr const char* kHard =
      "-mabi=32 -mno-abicalls -fno-pic -G0 -ffreestanding -nostdlib -static ";
  fs::path folder_;
};

const isa::Symbol* find(const isa::ProgramImage& image, const std::string& name) {
  for (const auto& s : image.symbols) {
    if (s.name == name) return &s;
  }
  return nullptr;
}

TEST_F(Toolchain, BareMetalProgramsLoad) {
  for (const char* march :
       {"-march=r3000", "-march=mips2", "-march=mips32", "-march=mips32r2", "-march=mips32r3",
        "-march=mips32r5", "-march=mips32r2 -EL", "-march=r3000 -EL", "-march=mips32r5 -EL"}) {
    const bool little = std::string(march).ends_with("-EL");
    const Bytes file = compile(std::string(kBare) + march);
    const auto r = load_exact(file);
    ASSERT_TRUE(r) << march << ": " << r.error().message;
    EXPECT_EQ(r->little_endian, little);
    EXPECT_NE(r->program_headers_address, 0u);  // the linker puts them into the first segment
    const isa::Symbol* start = find(*r, "__start");
    ASSERT_NE(start, nullptr);
    EXPECT_EQ(r->entry, start->address);
    const isa::Symbol* counter = find(*r, "counter");
    ASSERT_NE(counter, nullptr);
    EXPECT_EQ(counter->size, 4u);
    const isa::Symbol* table = find(*r, "table");
    ASSERT_NE(table, nullptr);
    EXPECT_EQ(table->size, 4000u);
    // The initial value is in the writable segment, in the program's byte order; table is not in
    // the file.
    bool seen = false;
    for (const isa::Segment& s : r->segments) {
      if (counter->address < s.address || counter->address - s.address + 4 > s.bytes.size())
        continue;
      const uint8_t* p = s.bytes.data() + (counter->address - s.address);
      EXPECT_EQ(Bytes(p, p + 4), little ? (Bytes{5, 0, 0, 0}) : (Bytes{0, 0, 0, 5}));
      EXPECT_TRUE(s.writable);
      EXPECT_GE(s.memory_size, s.bytes.size() + 4000);
      seen = true;
    }
    EXPECT_TRUE(seen);
  }
}

TEST_F(Toolchain, StrippedProgramsLoadTheSame) {
  const auto full = load_exact(compile(kBare));
  const auto stripped = load_exact(compile(std::string(kBare) + "-s"));
  ASSERT_TRUE(full && stripped);
  EXPECT_FALSE(full->symbols.empty());
  EXPECT_TRUE(stripped->symbols.empty());
  EXPECT_EQ(full->entry, stripped->entry);
  ASSERT_EQ(full->segments.size(), stripped->segments.size());
}

TEST_F(Toolchain, WrongOptionsAreRefusedWithTheRightOnes) {
  EXPECT_REFUSED(compile("-ffreestanding -nostdlib -static -mabi=n32"), "N32", "-mabi=32");
  EXPECT_REFUSED(compile("-ffreestanding -nostdlib -static -mabi=64"), "64-bit", "-mabi=32");
  EXPECT_REFUSED(compile("-ffreestanding -c"), "relocatable", "link it");
  EXPECT_REFUSED(compile("-ffreestanding -nostdlib -fpic -shared"), "position-independent",
                 "-no-pie");
  EXPECT_REFUSED(compile(std::string(kBare) + "-march=mips32r6 -mnan=2008"), "MIPS32 release 6",
                 "-march=mips32r2");
  EXPECT_REFUSED(compile(std::string(kBare) + "-march=mips3 -mgp32"), "MIPS III",
                 "-march=mips32r2");
  EXPECT_REFUSED(compile(std::string(kBare) + "-mips16 -march=mips32r2"), "MIPS16", "-mno-mips16");
  EXPECT_REFUSED(compile(std::string(kBare) + "-mmicromips -march=mips32r2"), "microMIPS",
                 "-mno-micromips");
  EXPECT_REFUSED(compile(std::string(kBare) + "-Wl,-N"), "both writable and executable");
  EXPECT_REFUSED(compile(std::string(kBare) + "-Wl,-Ttext-segment=0"), "below 0x00010000");
}

// Options that change no instruction of the program change what the file says about it.
TEST_F(Toolchain, OptionsForAnotherProcessorAreRefused) {
  const struct {
    const char *options, *name, *cure;
  } refused[] = {
      {"-mfp64", "64-bit floating-point registers", "-mfp32"},
      {"-mfp64 -mno-odd-spreg", "FP_64A", "-mfp32"},
      {"-mfp64 -mmsa", "AFL_ASE_MSA", "-mno-msa"},
      {"-mnan=2008", "EF_MIPS_NAN2008", "-mnan=legacy"},
      {"-mdsp", "AFL_ASE_DSP ", "-mno-dsp"},
      {"-mdspr2", "AFL_ASE_DSP ", "-mno-dsp"},
      {"-meva", "AFL_ASE_EVA ", "-mno-eva"},
      {"-mmcu", "AFL_ASE_MCU ", "-mno-mcu"},
      {"-mmt", "AFL_ASE_MT ", "-mno-mt"},
      {"-msmartmips", "AFL_ASE_SMARTMIPS ", "-mno-smartmips"},
      {"-mvirt", "AFL_ASE_VIRT ", "-mno-virt"},
      {"-mxpa", "AFL_ASE_XPA ", "-mno-xpa"},
      {"-mcrc", "AFL_ASE_CRC ", "-mno-crc"},
      {"-mginv", "AFL_ASE_GINV ", "-mno-ginv"},
      {"-march=74kc", "AFL_ASE_DSP ", "-march=mips32r2"},
      {"-march=m14k", "AFL_ASE_MCU ", "-march=mips32r2"},
      {"-march=octeon", "MIPS64 release 2", "-march=mips32r2"},
      {"-march=vr4100", "MIPS III", "-march=mips32r2"},
  };
  for (const auto& r : refused) {
    for (const char* more : {"", " -s", " -EL"}) {
      SCOPED_TRACE(std::string(r.options) + more);
      const Bytes file = compile(std::string(kHard) + r.options + more);
      EXPECT_REFUSED(file, r.name, r.cure);
    }
  }
  for (const char* options :
       {"-mfp32", "-mfpxx", "", "-msingle-float", "-msoft-float", "-march=4kc", "-march=24kf2_1"}) {
    EXPECT_EQ(refusal(compile(std::string(kHard) + options)), "accepted") << options;
  }
}

// What a compiler before 2014 would say, in attributes only.
TEST_F(Toolchain, FilesWithoutAbiFlagsAreJudgedByTheirAttributes) {
  const std::string script = (folder_ / "link.ld").string();
  std::ofstream(script) << R"(ENTRY(__start)
PHDRS { text PT_LOAD FLAGS(5); data PT_LOAD FLAGS(6); }
SECTIONS {
  . = 0x400000;
  .text : { *(.text*) *(.rodata*) } :text
  . = 0x500000;
  .data : { *(.data*) *(.bss*) *(COMMON) } :data
  .gnu.attributes 0 : { *(.gnu.attributes) }
  /DISCARD/ : { *(.MIPS.abiflags) *(.reginfo) *(.pdr) *(.note*) }
})";
  const std::string options = std::string(kHard) + "-Wl,--build-id=none,-T," + script + " ";
  for (const char* order : {"", " -EL"}) {
    EXPECT_EQ(refusal(compile(options + "-mfp32" + order)), "accepted");
    EXPECT_REFUSED(compile(options + "-mfp64" + order), ".gnu.attributes", "-mfp32");
  }
}

TEST_F(Toolchain, LinuxProgramsLoadOnlyWhenStatic) {
  std::ofstream(folder_ / "guest.c")
      << "#include <stdio.h>\nint main(void) { puts(\"hi\"); return 0; }\n";
  if (std::system((std::string(kCompiler) + " -static " + (folder_ / "guest.c").string() + " -o " +
                   (folder_ / "probe").string() + " 2>/dev/null")
                      .c_str()) != 0) {
    GTEST_SKIP() << "no MIPS C library is installed";
  }
  const auto r = load_exact(compile("-static"));
  ASSERT_TRUE(r) << r.error().message;
  const isa::Symbol* main = find(*r, "main");
  ASSERT_NE(main, nullptr);
  EXPECT_GT(main->size, 0u);
  EXPECT_GT(r->symbols.size(), 500u);
  EXPECT_REFUSED(compile("-no-pie -fno-pie"), "dynamic executable", "-static");
  EXPECT_REFUSED(compile("-pie -fpie"), "position-independent", "-no-pie");
}

}  // namespace
}  // namespace mipzk::elf_test
