import Foundation

/// What a process may use of its machine: all of it, or what Slurm or a container gave it.
package struct MachineLimits: Hashable, Sendable {
    /// Cells that are reasonably computed at a time; at least 1.
    package var processors: Int
    /// Bytes of memory.
    package var memory: UInt64

    /// The limits of this process.
    package static var ofThisProcess: MachineLimits {
        let process = ProcessInfo.processInfo
        return MachineLimits(
            processors: process.activeProcessorCount,
            memory: process.physicalMemory,
            environment: process.environment,
            root: ""
        )
    }

    /// - Parameters:
    ///   - processors: of the machine.
    ///   - memory: of the machine.
    ///   - environment: Slurm's variables of a job, if it is one.
    ///   - root: before `/proc` and `/sys`, for tests.
    package init(processors: Int, memory: UInt64, environment: [String: String], root: String) {
        self.processors = max(1, processors)
        self.memory = memory
        if environment["SLURM_JOB_ID"] != nil {
            if let count = environment["SLURM_CPUS_ON_NODE"].flatMap({ Int($0) }), count > 0 {
                self.processors = min(self.processors, count)
            }
            // Mebibytes; 0 is all that the node has.
            if let size = environment["SLURM_MEM_PER_NODE"].flatMap({ UInt64($0) }), size > 0, size < 1 << 40 {
                self.memory = min(self.memory, size << 20)
            }
        }
        for folder in Self.controlGroups(root) { limit(by: folder) }
    }

    /// The folders of this process's control group and those above it, of both versions of cgroups.
    private static func controlGroups(_ root: String) -> [String] {
        let lines = (text("\(root)/proc/self/cgroup") ?? "").split(separator: "\n")
        var folders: [String] = []
        for line in lines {
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
            guard fields.count == 3, fields[2].hasPrefix("/") else { continue }
            let controllers = fields[1].split(separator: ",").map(String.init)
            guard fields[1].isEmpty || controllers.contains("memory") || controllers.contains("cpu") else { continue }
            let base = "\(root)/sys/fs/cgroup" + (fields[1].isEmpty ? "" : "/\(fields[1])")
            var path = fields[2] == "/" ? "" : fields[2]
            folders.append(base + path)
            while let slash = path.lastIndex(of: "/") {
                path = String(path[..<slash])
                folders.append(base + path)
            }
        }
        return folders
    }

    private mutating func limit(by folder: String) {
        for name in ["memory.max", "memory.limit_in_bytes"] {
            if let bytes = Self.text("\(folder)/\(name)").flatMap({ UInt64($0) }), bytes > 0 {
                memory = min(memory, bytes)
            }
        }
        // `QUOTA PERIOD`, in microseconds; or two files.
        let fields = (Self.text("\(folder)/cpu.max") ?? "").split(separator: " ")
        let quota = fields.first.flatMap { Int($0) } ?? Self.text("\(folder)/cpu.cfs_quota_us").flatMap { Int($0) }
        let period = fields.last.flatMap { Int($0) } ?? Self.text("\(folder)/cpu.cfs_period_us").flatMap { Int($0) }
        guard let quota, let period, quota > 0, period > 0 else { return }
        processors = min(processors, max(1, quota / period))
    }

    private static func text(_ path: String) -> String? {
        FileManager.default.contents(atPath: path).map {
            String(decoding: $0, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        }
    }
}
