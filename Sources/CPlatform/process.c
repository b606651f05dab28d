#define _GNU_SOURCE
#include "CPlatform.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

// In the child, between fork and exec: only calls that are safe after a fork of a process with threads.
static void become(const char *path, char *const argv[], char *const envp[], const int *files, int count, int report,
                   pid_t parent) {
    int moved[16];
    if (count > 15) goto failed;
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) goto failed;
    if (getppid() != parent) _exit(127);  // the parent was gone before the line above
    setpgid(0, 0);

    struct sigaction usual = {.sa_handler = SIG_DFL};
    for (int number = 1; number < NSIG; number++) sigaction(number, &usual, NULL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);

    int score = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (score >= 0) {
        ssize_t ignored = write(score, "500", 3);
        (void)ignored;
    }

    // Out of the way first: a source may be another one's target. As low as can be: few descriptors may be allowed.
    for (int i = 0; i < count; i++) {
        moved[i] = fcntl(files[i], F_DUPFD, count + 1);
        if (moved[i] < 0) goto failed;
    }
    int kept = fcntl(report, F_DUPFD, count + 1);
    if (kept < 0) goto failed;
    report = kept;
    for (int i = 0; i < count; i++)
        if (dup2(moved[i], i) < 0) goto failed;
    if (dup2(report, count) < 0) goto failed;
    report = count;
    fcntl(report, F_SETFD, FD_CLOEXEC);
    if (close_range((unsigned)count + 1, ~0U, 0) != 0) goto failed;
    execve(path, argv, envp);
failed:;
    int why = errno;
    ssize_t ignored = write(report, &why, sizeof why);
    (void)ignored;
    _exit(127);
}

pid_t cplatform_spawn(const char *path, char *const argv[], char *const envp[], const int *files, int count) {
    int report[2];
    if (pipe2(report, O_CLOEXEC) != 0) return -1;
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid == 0) become(path, argv, envp, files, count, report[1], parent);
    int why = errno;
    close(report[1]);
    if (pid < 0) {
        close(report[0]);
        errno = why;
        return -1;
    }
    ssize_t got;
    do got = read(report[0], &why, sizeof why);
    while (got < 0 && errno == EINTR);
    close(report[0]);
    if (got != sizeof why) return pid;
    int status;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {}
    errno = why;
    return -1;
}

int cplatform_socket_pair(int ends[2]) {
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return -1;
    int size = 1 << 20;
    for (int i = 0; i < 2; i++) {
        setsockopt(ends[i], SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
        setsockopt(ends[i], SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    }
    return fcntl(ends[0], F_SETFL, O_NONBLOCK);
}

int cplatform_pipe(int ends[2]) {
    if (pipe2(ends, O_CLOEXEC) != 0) return -1;
    return fcntl(ends[0], F_SETFL, O_NONBLOCK);
}

int cplatform_reap(pid_t pid, int *status) {
    pid_t ended = waitpid(pid, status, WNOHANG);
    return ended == pid ? 1 : ended == 0 ? 0 : -1;
}

void cplatform_kill_group(pid_t pid) {
    kill(-pid, SIGKILL);
    kill(pid, SIGKILL);
}

int64_t cplatform_resident_bytes(pid_t pid) {
    char path[64], text[128];
    snprintf(path, sizeof path, "/proc/%d/statm", (int)pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return -1;
    ssize_t count = read(fd, text, sizeof text - 1);
    close(fd);
    if (count <= 0) return -1;
    text[count] = 0;
    long long total, resident;
    if (sscanf(text, "%lld %lld", &total, &resident) != 2) return -1;
    return resident * sysconf(_SC_PAGESIZE);
}

int cplatform_limit_memory(pid_t pid, uint64_t bytes) {
    rlim_t limit = bytes == 0 ? RLIM_INFINITY : (rlim_t)bytes;
    struct rlimit both = {.rlim_cur = limit, .rlim_max = RLIM_INFINITY};
    struct rlimit old;
    if (prlimit(pid, RLIMIT_DATA, NULL, &old) != 0) return -1;
    both.rlim_max = old.rlim_max;
    if (limit > old.rlim_max) both.rlim_cur = old.rlim_max;
    return prlimit(pid, RLIMIT_DATA, &both, NULL);
}

ssize_t cplatform_send(int fd, const void *bytes, size_t count) { return send(fd, bytes, count, MSG_NOSIGNAL); }
