#define _GNU_SOURCE
#include "CPlatform.h"

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <ucontext.h>
#include <unistd.h>

// Where the program itself lies; written once, before the handler is there.
static uintptr_t base, lowest = UINTPTR_MAX, highest;

static int measure(struct dl_phdr_info *info, size_t size, void *unused) {
    (void)size;
    (void)unused;
    base = info->dlpi_addr;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *header = &info->dlpi_phdr[i];
        if (header->p_type != PT_LOAD) continue;
        uintptr_t start = base + header->p_vaddr, end = start + header->p_memsz;
        if (start < lowest) lowest = start;
        if (end > highest) highest = end;
    }
    return 1;  // the program is the first object
}

static int is_own(uintptr_t address) { return address >= lowest && address < highest; }

// Two words at a frame; 0 where there is no memory. Code without frames leaves anything in the register of frames, and a
// fault in the handler would be reported in place of the signal that it handles.
static int read_frame(uintptr_t frame, uintptr_t words[2]) {
    struct iovec to = {words, 2 * sizeof *words}, from = {(void *)frame, 2 * sizeof *words};
    return process_vm_readv(getpid(), &to, 1, &from, 1, 0) == (ssize_t)(2 * sizeof *words);
}

// The first address of the program itself on the stack: what is above it belongs to libraries.
static uintptr_t own_address(const ucontext_t *context) {
#if defined(__x86_64__)
    uintptr_t address = (uintptr_t)context->uc_mcontext.gregs[REG_RIP];
    uintptr_t frame = (uintptr_t)context->uc_mcontext.gregs[REG_RBP];
#elif defined(__aarch64__)
    uintptr_t address = (uintptr_t)context->uc_mcontext.pc;
    uintptr_t frame = (uintptr_t)context->uc_mcontext.regs[29];
#else
    return 0;
#endif
    for (int depth = 0; depth < 32 && !is_own(address); depth++) {
        if (frame < 4096 || frame % sizeof frame != 0) return 0;
        uintptr_t words[2];
        if (!read_frame(frame, words) || words[0] <= frame) return 0;
        frame = words[0];
        address = words[1] - 1;  // inside the call that it returns to
    }
    return is_own(address) ? address : 0;
}

// Only what may be called in a signal handler. Nothing of the process's memory is written.
static void trapped(int number, siginfo_t *info, void *context) {
    (void)info;
    char text[64] = "\n" CPLATFORM_TRAP_MARK;
    size_t length = strlen(text);
    uintptr_t address = own_address(context);
    if (address != 0) {
        uintptr_t offset = address - base;
        for (int shift = 60; shift >= 0; shift -= 4) text[length++] = "0123456789abcdef"[offset >> shift & 15];
        text[length++] = '\n';
        ssize_t ignored = write(2, text, length);
        (void)ignored;
    }
    raise(number);
}

void cplatform_report_traps(void) {
    dl_iterate_phdr(measure, NULL);
    static char stack[32 << 10];
    stack_t other = {.ss_sp = stack, .ss_size = sizeof stack};
    sigaltstack(&other, NULL);
    struct sigaction action = {.sa_sigaction = trapped, .sa_flags = SA_SIGINFO | SA_RESETHAND | SA_NODEFER | SA_ONSTACK};
    sigemptyset(&action.sa_mask);
    const int numbers[] = {SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) sigaction(numbers[i], &action, NULL);
}

extern char *swift_demangle(const char *name, size_t length, char *buffer, size_t *size, uint32_t flags);

static const char *function_at(const unsigned char *file, size_t size, uint64_t offset) {
    const Elf64_Ehdr *header = (const Elf64_Ehdr *)file;
    if (size < sizeof *header || memcmp(header->e_ident, ELFMAG, SELFMAG) != 0) return NULL;
    if (header->e_shoff > size || (uint64_t)header->e_shnum * sizeof(Elf64_Shdr) > size - header->e_shoff) return NULL;
    const Elf64_Shdr *sections = (const Elf64_Shdr *)(file + header->e_shoff);
    for (int i = 0; i < header->e_shnum; i++) {
        const Elf64_Shdr *table = &sections[i];
        if (table->sh_type != SHT_SYMTAB || table->sh_link >= header->e_shnum) continue;
        const Elf64_Shdr *names = &sections[table->sh_link];
        if (table->sh_offset > size || table->sh_size > size - table->sh_offset) return NULL;
        if (names->sh_offset > size || names->sh_size > size - names->sh_offset || names->sh_size == 0) return NULL;
        if (file[names->sh_offset + names->sh_size - 1] != 0) return NULL;
        const Elf64_Sym *symbols = (const Elf64_Sym *)(file + table->sh_offset);
        for (size_t j = 0; j < table->sh_size / sizeof *symbols; j++) {
            const Elf64_Sym *symbol = &symbols[j];
            if (ELF64_ST_TYPE(symbol->st_info) != STT_FUNC || symbol->st_name >= names->sh_size) continue;
            if (offset >= symbol->st_value && offset - symbol->st_value < symbol->st_size)
                return (const char *)file + names->sh_offset + symbol->st_name;
        }
    }
    return NULL;
}

size_t cplatform_function_at(uint64_t offset, char *text, size_t count) {
    if (count == 0) return 0;
    text[0] = 0;
    int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    if (fd < 0) return 0;
    struct stat info;
    if (fstat(fd, &info) == 0 && info.st_size > 0) {
        size_t size = (size_t)info.st_size;
        void *file = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (file != MAP_FAILED) {
            const char *name = function_at(file, size, offset);
            if (name) {
                char *clear = swift_demangle(name, strlen(name), NULL, NULL, 0);
                strncpy(text, clear ? clear : name, count - 1);
                text[count - 1] = 0;
                free(clear);
            }
            munmap(file, size);
        }
    }
    close(fd);
    return strlen(text);
}
