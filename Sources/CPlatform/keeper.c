#define _GNU_SOURCE
#include "CPlatform.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

// Everything here runs in children of a process with threads: only calls that are safe after such a fork.

static void say(int fd, int32_t kind, int32_t value) {
    int32_t words[2] = {kind, value};
    ssize_t ignored = write(fd, words, sizeof words);
    (void)ignored;
}

// The program: stdin and stdout are nothing, stderr the pipe, no other descriptors.
static void become(const char *path, char *const argv[], char *const envp[], const char *folder, int nothing,
                   int errors, int report, pid_t keeper) {
    struct rlimit none = {0, 0};
    sigset_t empty;
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) goto failed;
    if (getppid() != keeper) _exit(127);  // the keeper was gone before the line above
    setpgid(0, 0);
    struct sigaction usual = {.sa_handler = SIG_DFL};
    for (int number = 1; number < NSIG; number++) sigaction(number, &usual, NULL);
    sigemptyset(&empty);
    sigprocmask(SIG_SETMASK, &empty, NULL);
    setrlimit(RLIMIT_CORE, &none);
    if (chdir(folder) != 0) goto failed;
    if (dup2(nothing, 0) < 0 || dup2(nothing, 1) < 0 || dup2(errors, 2) < 0 || dup2(report, 3) < 0) goto failed;
    report = 3;
    fcntl(report, F_SETFD, FD_CLOEXEC);
    if (close_range(4, ~0U, 0) != 0) goto failed;
    execve(path, argv, envp);
failed:
    say(report, 1, errno);
    _exit(127);
}

// The children of this process, which has one thread.
static void kill_children(void) {
    char text[4096];
    int fd = open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
    if (fd < 0) return;
    ssize_t count = read(fd, text, sizeof text);
    close(fd);
    pid_t pid = 0;
    for (ssize_t i = 0; i < count; i++) {
        if (text[i] >= '0' && text[i] <= '9') {
            pid = pid * 10 + (text[i] - '0');
        } else if (pid > 0) {
            kill(pid, SIGKILL);
            pid = 0;
        }
    }
}

// Kills the program's group, and then what left the group: orphans become children of this process, also those that
// started a session of their own.
static void sweep(pid_t program) {
    struct timespec pause = {0, 2000000};
    kill(-program, SIGKILL);
    kill(program, SIGKILL);
    for (int round = 0; round < 5000; round++) {
        kill_children();
        pid_t ended;
        while ((ended = waitpid(-1, NULL, WNOHANG)) > 0) {}
        if (ended < 0 && errno == ECHILD) return;
        nanosleep(&pause, NULL);
    }
}

static _Noreturn void keep(const char *path, char *const argv[], char *const envp[], const char *folder, int nothing,
                           int errors, int report, pid_t parent) {
    sigset_t awaited;
    sigemptyset(&awaited);
    sigaddset(&awaited, SIGCHLD);
    sigaddset(&awaited, SIGTERM);
    sigprocmask(SIG_BLOCK, &awaited, NULL);
    // It holds nothing else of its parent: whoever waits for the end of the parent's sockets would wait for it.
    nothing = fcntl(nothing, F_DUPFD, 7);
    errors = fcntl(errors, F_DUPFD, 7);
    report = fcntl(report, F_DUPFD, 7);
    if (dup2(nothing, 4) < 0 || dup2(errors, 5) < 0 || dup2(report, 6) < 0) _exit(127);
    nothing = 4, errors = 5, report = 6;
    if (close_range(0, 3, 0) != 0 || close_range(7, ~0U, 0) != 0) _exit(127);
    setpgid(0, 0);
    if (prctl(PR_SET_PDEATHSIG, SIGTERM) != 0 || prctl(PR_SET_CHILD_SUBREAPER, 1) != 0) {
        say(report, 1, errno);
        _exit(127);
    }
    pid_t keeper = getpid();
    pid_t program = fork();
    if (program == 0) become(path, argv, envp, folder, nothing, errors, report, keeper);
    if (program < 0) {
        say(report, 1, errno);
        _exit(127);
    }
    close(errors);
    int is_orphan = 0;
    siginfo_t info = {0};
    while (!is_orphan) {
        // It stays a zombie until the sweep, so that its number and its group's are not another one's.
        info.si_pid = 0;
        if (waitid(P_PID, (id_t)program, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == program) break;
        struct timespec second = {1, 0};
        int signal = sigtimedwait(&awaited, NULL, &second);
        is_orphan = signal == SIGTERM || getppid() != parent;
    }
    sweep(program);
    if (is_orphan || getppid() != parent) {
        // Nobody else is left to remove the folder.
        char *remove[] = {"rm", "-rf", "--", (char *)folder, NULL};
        execve("/bin/rm", remove, envp);
        _exit(127);
    }
    say(report, info.si_code == CLD_EXITED ? 2 : 3, info.si_status);
    _exit(0);
}

pid_t cplatform_spawn_kept(const char *path, char *const argv[], char *const envp[], const char *folder, int nothing,
                           int errors, int report) {
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid == 0) keep(path, argv, envp, folder, nothing, errors, report, parent);
    return pid;
}
