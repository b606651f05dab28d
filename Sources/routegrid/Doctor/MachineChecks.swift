import Foundation
import RouteGridBase
import Worker

/// The checks of `doctor` on the machine.
enum MachineChecks {
    static func processors() -> Finding {
        let limits = MachineLimits()
        return Finding("machine", .ok, "\(limits.scheduledCores) cores, \(gibibytes(limits.machineMemory))")
    }

    /// What control groups leave of it; nil without limits.
    static func controlGroups(for role: DoctorRole?) -> Finding? {
        let limits = MachineLimits()
        var parts: [String] = []
        if let quota = limits.processorQuota { parts.append(String(format: "%.3g cores", quota)) }
        if let memory = limits.memoryLimit { parts.append(gibibytes(memory)) }
        guard !parts.isEmpty else { return nil }
        let text = parts.joined(separator: ", ")
        if role != .client, let quota = limits.processorQuota, quota < 1 {
            return Finding(
                "cgroup",
                .warn,
                text,
                advice: "less than a core: everything waits; raise the limit of processors"
            )
        }
        return Finding("cgroup", .ok, text)
    }

    /// A slot takes 100 to 200 MiB, and what its data need.
    static func memory(of role: DoctorRole) -> Finding? {
        let limits = MachineLimits()
        let least: UInt64 = role == .worker ? 512 << 20 : 1 << 30
        let wanted = role == .worker ? least * UInt64(limits.cores) : least
        guard role != .client else { return nil }
        let slots = limits.cores == 1 ? "1 slot" : "\(limits.cores) slots"
        let what = role == .worker ? slots : "a coordinator"
        let text = "\(gibibytes(limits.memory)) for \(what)"
        guard limits.memory < wanted else { return Finding("memory", .ok, text) }
        let advice =
            role == .worker
            ? "little: start the worker with --slots \(max(1, limits.memory / least))"
            : "little: a coordinator of many runs takes up to 4 GiB"
        return Finding("memory", .warn, text, advice: advice)
    }

    /// Free bytes of the disk that holds a folder, or of the one that will.
    ///
    /// - Parameters:
    ///   - folder: need not exist yet.
    ///   - subject: what it is for.
    ///   - wanted: bytes below which there is a warning; below 8 MiB it is a failure.
    ///   - advice: what to do then.
    /// - Returns: the finding.
    static func disk(of folder: String, _ subject: String, wanted: UInt64, advice: String) -> Finding {
        var url = URL(fileURLWithPath: folder).standardizedFileURL
        while !FileManager.default.fileExists(atPath: url.path) && url.path != "/" { url.deleteLastPathComponent() }
        var found = statvfs()
        guard statvfs(url.path, &found) == 0 else {
            return Finding(subject, .fail, url.path, advice: String(cString: strerror(errno)))
        }
        let free = UInt64(found.f_bavail) * UInt64(found.f_frsize)
        let text = "\(gibibytes(free)) free for \(SafeText.line(folder))"
        guard access(url.path, W_OK | X_OK) == 0 else {
            return Finding(subject, .fail, text, advice: "\(url.path) cannot be written by this user")
        }
        if free < 8 << 20 { return Finding(subject, .fail, text, advice: advice) }
        return free < wanted ? Finding(subject, .warn, text, advice: advice) : Finding(subject, .ok, text)
    }

    private static func gibibytes(_ bytes: UInt64) -> String {
        let number = Double(bytes) / 1_073_741_824
        return String(format: number < 10 ? "%.1f GiB" : "%.0f GiB", number)
    }

    /// A coordinator needs one descriptor per connected worker, and some more; it raises its own limit as far as it
    /// may.
    ///
    /// A worker and a client need few.
    static func openFiles(for role: DoctorRole?) -> Finding {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            return Finding("open files", .warn, "unknown", advice: String(cString: strerror(errno)))
        }
        let text = "\(limit.rlim_cur) (hard \(limit.rlim_max))"
        let wanted: rlim_t = role == .worker || role == .client ? 1_024 : 12_000
        guard limit.rlim_max < wanted else { return Finding("open files", .ok, text) }
        return Finding(
            "open files",
            .warn,
            text,
            advice: role == .worker || role == .client
                ? "few: raise the hard limit (ulimit -Hn) to \(wanted)"
                : "enough for about \(limit.rlim_max - min(limit.rlim_max, 200)) workers; raise the hard limit"
        )
    }

    /// Unix socket paths end at 107 bytes; `run` needs about 45 below its folder.
    static func socketFolder() -> Finding {
        let folder = SocketFolder.base
        guard folder.utf8.count + SocketFolder.longestSuffix <= SocketFolder.pathLimit else {
            return Finding(
                "sockets",
                .fail,
                folder,
                advice: "too long for a Unix socket: set TMPDIR to a shorter folder"
            )
        }
        guard access(folder, W_OK | X_OK) == 0 else {
            return Finding(
                "sockets",
                .fail,
                folder,
                advice: "not writable: set XDG_RUNTIME_DIR or TMPDIR to a folder of yours"
            )
        }
        return Finding("sockets", .ok, folder)
    }
}
