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
/// glibc's version, such as "2.36".
const char *cplatform_libc_version(void);
/// The magic number of the file system that holds `path`, or -1 with errno.
int64_t cplatform_filesystem_magic(const char *path);
/// 1 when a process listens at the Unix socket `path`, else 0. (Binding would take the path from it.)
int cplatform_unix_socket_answers(const char *path);

#endif
