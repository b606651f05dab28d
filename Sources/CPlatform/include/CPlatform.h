// What Glibc's Swift module hides, and nothing else.
#ifndef CPLATFORM_H
#define CPLATFORM_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/// A non-blocking, close-on-exec eventfd, or -1 with errno.
int cplatform_eventfd(void);
/// Adds one to an eventfd. Never blocks.
void cplatform_eventfd_wake(int fd);
/// Reads an eventfd back to zero. Never blocks.
void cplatform_eventfd_drain(int fd);
/// Closes a file descriptor.
void cplatform_close(int fd);
/// A number that no other living thread has.
uintptr_t cplatform_thread_number(void);
/// Names the calling thread (at most 15 bytes are kept).
void cplatform_name_thread(const char *name);
/// Asks the kernel to send `signal` to the calling process when its parent thread ends.
int cplatform_die_with_parent(int signal);
/// Lets the heap keep up to 256 MiB that were freed: the pages of large arrays are not given back and faulted in again.
void cplatform_keep_freed_memory(void);
/// glibc's version, such as "2.36".
const char *cplatform_libc_version(void);
/// The magic number of the file system that holds `path`, or -1 with errno.
int64_t cplatform_filesystem_magic(const char *path);
/// 1 when a process listens at the Unix socket `path`, else 0. (Binding would take the path from it.)
int cplatform_unix_socket_answers(const char *path);

// The start of a process.

/// Puts /dev/null where stdin, stdout or stderr is closed, so that no file that is opened later takes its number.
///
/// Writing to a closed stdout still fails.
void cplatform_fill_standard_descriptors(void);
/// Lets no core dump of this process and its children be written: they would hold what is in memory.
void cplatform_no_core_dumps(void);
/// Keeps threads from running at a better priority than the process was given: libdispatch sets that of its own to 0
/// where it may, which root does. Only when the process is nice, and before there are threads.
void cplatform_keep_niceness(void);
/// Where this process is the first one of its name space (a container's PID 1): goes on in a child, and stays behind to
/// pass signals on to it, to collect every process that ends without a parent, and to end as the child does.
///
/// The first process gets no signal that it does not handle, and nobody else collects its orphans. Before there are
/// threads.
void cplatform_stay_first(void);
/// Names the process as `ps` and `top` show it (at most 15 bytes are kept).
void cplatform_name_process(const char *name);
/// 1 when so many bytes can be mapped under the limits of the process, else 0.
int cplatform_address_space_admits(uint64_t bytes);

// Stop signals.

/// The end of a pipe from which the signals of `cplatform_forward_signal` are read, a byte each with the signal's number;
/// non-blocking and close-on-exec. One a process, open until its end. -1 with errno.
int cplatform_stop_pipe(void);
/// From when it returns, `signal` is a byte in the pipe in place of its default action. -1 with errno.
int cplatform_forward_signal(int signal);

// Traps.

/// What stands before the address in the line that a process writes to stderr when it traps.
#define CPLATFORM_TRAP_MARK "trapped at routegrid+0x"
/// From now on a signal of a broken program (SIGILL, SIGSEGV, …) writes one line to stderr, with the address in the
/// program where it happened and nothing of the memory, and then ends the process as always.
void cplatform_report_traps(void);
/// The name of the function of this program that holds an address counted from its start, with a null at its end, cut
/// off at `count` bytes; returns its length, 0 when it has no symbols.
size_t cplatform_function_at(uint64_t offset, char *text, size_t count);

// Child processes.

/// Starts a program in a process group of its own; `files[i]` becomes its descriptor `i`, and it has no others.
///
/// Signals are back at their defaults, the kernel kills it when the calling thread ends, and the kernel's memory killer
/// takes it before its parent. Returns its id once it runs the program, or -1 with errno.
pid_t cplatform_spawn(const char *path, char *const argv[], char *const envp[], const int *files, int count);
/// Starts a foreign program below a keeper, a process that ends all that the program leaves behind.
///
/// The program works in `folder`, in a process group of its own, with nothing as stdin and stdout and `errors` as stderr.
/// When it ends, or the calling thread does, the keeper kills the group and whatever left it; in the second case it
/// removes the folder too. To `report` it writes pairs of 32-bit words: 1 and errno when the program does not start, and
/// at the end 2 and the exit code, or 3 and the signal. Returns the keeper's id, or -1 with errno.
pid_t cplatform_spawn_kept(const char *path, char *const argv[], char *const envp[], const char *folder, int nothing,
                           int errors, int report);
/// A close-on-exec pair of connected stream sockets; the first is non-blocking. 0, or -1 with errno.
int cplatform_socket_pair(int ends[2]);
/// A close-on-exec pipe whose reading end is non-blocking. 0, or -1 with errno.
int cplatform_pipe(int ends[2]);
/// How a child ended: 1 and the status of waitpid when it has, 0 when it still runs, -1 with errno.
int cplatform_reap(pid_t pid, int *status);
/// Kills the process group of a child.
void cplatform_kill_group(pid_t pid);
/// Bytes of memory that a process holds now, or -1.
int64_t cplatform_resident_bytes(pid_t pid);
/// Limits the private writable memory of a running process (0: no limit). 0, or -1 with errno.
int cplatform_limit_memory(pid_t pid, uint64_t bytes);
/// Writes to a socket without a signal when the other end is gone; -1 with errno.
ssize_t cplatform_send(int fd, const void *bytes, size_t count);

// One page of memory in which a child says what it is doing, so that its parent can see it without being told.

typedef struct cplatform_progress cplatform_progress;
/// An anonymous shared file for a page, close-on-exec, or -1 with errno.
int cplatform_progress_make(void);
/// Maps the page of such a file, or null with errno.
cplatform_progress *cplatform_progress_map(int fd);
void cplatform_progress_unmap(cplatform_progress *page);
/// Says that `step` (with `number`) starts now.
void cplatform_progress_begin(cplatform_progress *page, uint64_t step, uint64_t lease, uint64_t number);
/// Reads one consistent state: what goes on and since when, in nanoseconds of the monotonic clock.
void cplatform_progress_read(cplatform_progress *page, uint64_t *step, uint64_t *lease, uint64_t *number,
                             uint64_t *since);
/// The monotonic clock in nanoseconds.
uint64_t cplatform_monotonic(void);

#endif
