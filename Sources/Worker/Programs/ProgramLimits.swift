import Foundation
import Glibc
import RouteGridBase

/// What a program and all that it started may use together, besides what the kernel limits of each process.
///
/// The kernel's limit of memory (`RLIMIT_DATA`) holds for each process of a program, and nothing limits its folder; so
/// both are read once a second. The memory is what the processes hold, shared parts once.
struct ProgramLimits {
    /// Bytes; nil without a limit.
    var memory: UInt64?
    /// Bytes of the files in its folder.
    var folder: UInt64 = 16 << 30

    /// Those of this process, which its supervisor set.
    init() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_DATA.rawValue), &limit) == 0, limit.rlim_cur < 1 << 62 else {
            return
        }
        memory = UInt64(limit.rlim_cur) - min(UInt64(limit.rlim_cur), SupervisedSlot.headroom)
    }

    /// What is exceeded.
    ///
    /// - Parameters:
    ///   - keeper: the process that all of the program's descend from.
    ///   - path: its folder.
    /// - Returns: it in words; nil when nothing is exceeded.
    func excess(of keeper: pid_t, in path: String) -> String? {
        if let memory {
            let processes = ProcessTree().descendants(of: keeper)
            // Cheap, and too much where memory is shared.
            if processes.reduce(0, { $0 + $1.resident }) > memory {
                let bytes = processes.reduce(0) { $0 + ProcessTree.share(of: $1) }
                if bytes > memory {
                    let count = processes.count == 1 ? "" : " in \(processes.count) processes"
                    return "used \(bytes >> 20) MiB of memory\(count); the limit is \(memory >> 20) MiB"
                }
            }
        }
        let size = Self.size(of: path, upTo: folder)
        return size > folder ? "wrote more than \(folder >> 20) MiB into its folder" : nil
    }

    /// Bytes on disk of the files below a folder; it stops counting above a limit.
    private static func size(of path: String, upTo limit: UInt64) -> UInt64 {
        guard let names = FileManager.default.enumerator(atPath: path) else { return 0 }
        var sum: UInt64 = 0
        for case let name as String in names {
            var status = stat()
            guard lstat("\(path)/\(name)", &status) == 0 else { continue }
            sum += UInt64(max(0, status.st_blocks)) * 512
            if sum > limit { break }
        }
        return sum
    }
}

/// The processes of this machine, as `/proc` shows them.
struct ProcessTree {
    struct Entry {
        let pid: pid_t
        let parent: pid_t
        /// Bytes.
        let resident: UInt64
    }

    private var children: [pid_t: [Entry]] = [:]

    init() {
        let page = UInt64(max(1, sysconf(Int32(_SC_PAGESIZE))))
        for name in (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? [] {
            guard let pid = pid_t(name), let data = FileManager.default.contents(atPath: "/proc/\(name)/stat"),
                // PID (NAME) STATE PARENT … RESIDENT, the 24th; a name may hold anything.
                let end = data.lastIndex(of: UInt8(ascii: ")"))
            else { continue }
            let fields = String(decoding: data[(end + 1)...], as: UTF8.self).split(separator: " ")
            guard fields.count > 21, let parent = pid_t(fields[1]), let pages = UInt64(fields[21]) else { continue }
            children[parent, default: []].append(Entry(pid: pid, parent: parent, resident: pages * page))
        }
    }

    func descendants(of root: pid_t) -> [Entry] {
        var found: [Entry] = []
        var left = [root]
        while let pid = left.popLast() {
            let own = children[pid] ?? []
            found += own
            left += own.map(\.pid)
        }
        return found
    }

    /// Bytes that a process holds, each shared one in equal parts with the others; all of them where that is not told.
    static func share(of process: Entry) -> UInt64 {
        guard let data = FileManager.default.contents(atPath: "/proc/\(process.pid)/smaps_rollup") else {
            return process.resident
        }
        for line in String(decoding: data, as: UTF8.self).split(separator: "\n") where line.hasPrefix("Pss:") {
            return line.split(separator: " ").dropFirst().first.flatMap { UInt64($0) }.map { $0 << 10 }
                ?? process.resident
        }
        return process.resident
    }
}
