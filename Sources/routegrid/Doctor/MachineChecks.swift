import Foundation
import RouteGridBase

/// The checks of `doctor` on the machine.
enum MachineChecks {
    static func processors() -> Finding {
        let memory = Double(ProcessInfo.processInfo.physicalMemory) / 1_073_741_824
        return Finding(
            "machine",
            .ok,
            "\(ProcessInfo.processInfo.activeProcessorCount) cores, \(Int(memory.rounded())) GiB"
        )
    }

    /// A coordinator needs one descriptor per connected worker, and some more; it raises its own limit as far as it
    /// may.
    static func openFiles() -> Finding {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            return Finding("open files", .warn, "unknown", advice: String(cString: strerror(errno)))
        }
        let text = "\(limit.rlim_cur) (hard \(limit.rlim_max))"
        guard limit.rlim_max < 12_000 else { return Finding("open files", .ok, text) }
        return Finding(
            "open files",
            .warn,
            text,
            advice: "enough for about \(limit.rlim_max - min(limit.rlim_max, 200)) workers; raise the hard limit"
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
