import Foundation

/// What this process may use of its machine: what the kernel schedules it on, within the limits of its control groups.
///
/// Containers, pods, units and jobs limit processors and memory by control groups, which the numbers of the machine do
/// not show: a worker that goes by these would start too many slots, which then wait for each other, and count on
/// memory that the kernel ends it for. Both versions of control groups are read; limits of all levels apply.
package struct MachineLimits: Hashable, Sendable {
    /// Cores' worth of processor time, such as 2.5; nil without a limit.
    package var processorQuota: Double?
    /// Bytes of memory; nil without a limit.
    package var memoryLimit: UInt64?
    /// Cores that the process may be scheduled on.
    package var scheduledCores = ProcessInfo.processInfo.activeProcessorCount
    /// Bytes of memory of the machine.
    package var machineMemory = ProcessInfo.processInfo.physicalMemory

    /// Of this process, now.
    package init() { self.init(root: "", environment: ProcessInfo.processInfo.environment) }

    /// - Parameters:
    ///   - root: the folder that stands for `/`: a test's.
    ///   - environment: Slurm's variables of a job, if it is one.
    package init(root: String, environment: [String: String] = [:]) {
        let mounts = Self.lines(root + "/proc/self/mountinfo").compactMap(Mount.init)
        for line in Self.lines(root + "/proc/self/cgroup") {
            // NUMBER:CONTROLLERS:PATH; version 2 has no controllers.
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 3 else { continue }
            let controllers = Set(parts[1].split(separator: ",").map(String.init))
            for mount in mounts where mount.serves(controllers) {
                for folder in mount.folders(of: parts[2]) { read(root + folder) }
            }
        }
        limit(byJob: environment)
    }

    /// What Slurm gave a job: not every site has its control groups enforce it.
    private mutating func limit(byJob environment: [String: String]) {
        guard environment["SLURM_JOB_ID"] != nil else { return }
        if let count = environment["SLURM_CPUS_ON_NODE"].flatMap({ Double($0) }) { limitProcessor(count, of: 1) }
        // Mebibytes; 0 is all that the node has.
        if let size = environment["SLURM_MEM_PER_NODE"].flatMap({ UInt64($0) }), size > 0, size < 1 << 40 {
            memoryLimit = min(memoryLimit ?? .max, size << 20)
        }
    }

    /// Whole cores, at least one: a slot keeps one busy.
    package var cores: Int { min(scheduledCores, processorQuota.map { max(1, Int($0)) } ?? scheduledCores) }

    /// Bytes of memory that the process may use.
    package var memory: UInt64 { min(machineMemory, memoryLimit ?? machineMemory) }

    /// The limits of one group; files that it does not have limit nothing.
    private mutating func read(_ folder: String) {
        func number(_ name: String) -> Double? { Self.lines("\(folder)/\(name)").first.flatMap { Double($0) } }
        let quota = Self.lines(folder + "/cpu.max").first?.split(separator: " ").compactMap { Double($0) } ?? []
        if quota.count == 2 {
            limitProcessor(quota[0], of: quota[1])
        } else if let quota = number("cpu.cfs_quota_us"), let period = number("cpu.cfs_period_us") {
            limitProcessor(quota, of: period)
        }
        // Version 1 writes a number beyond any memory where there is no limit, version 2 a word.
        for name in ["memory.max", "memory.limit_in_bytes"] {
            guard let bytes = number(name), bytes > 0, bytes < 0x1p60 else { continue }
            memoryLimit = min(memoryLimit ?? .max, UInt64(bytes))
        }
    }

    private mutating func limitProcessor(_ quota: Double, of period: Double) {
        guard quota > 0, period > 0 else { return }
        processorQuota = min(processorQuota ?? .infinity, quota / period)
    }

    private static func lines(_ path: String) -> [String] {
        guard let data = FileManager.default.contents(atPath: path) else { return [] }
        return String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline).map(String.init)
    }

    /// A mounted hierarchy of control groups.
    private struct Mount {
        /// The group that is seen at the mount point.
        let root: String
        let point: String
        /// The controllers of version 1; empty for version 2.
        let controllers: Set<String>

        /// nil for anything else that is mounted.
        init?(_ line: String) {
            // … ROOT POINT OPTIONS [FIELDS] - TYPE SOURCE OPTIONS
            let fields = line.split(separator: " ").map(String.init)
            guard let dash = fields.firstIndex(of: "-"), dash >= 6, fields.count > dash + 3 else { return nil }
            (root, point) = (fields[3], fields[4])
            switch fields[dash + 1] {
            case "cgroup2": controllers = []
            case "cgroup": controllers = Set(fields[dash + 3].split(separator: ",").map(String.init))
            default: return nil
            }
        }

        /// Whether the group of a line of /proc/self/cgroup is in this hierarchy.
        func serves(_ wanted: Set<String>) -> Bool {
            wanted.isEmpty ? controllers.isEmpty : wanted.isSubset(of: controllers)
        }

        /// The folder of a group and those above it, as far as they are seen here.
        func folders(of group: String) -> [String] {
            // Inside a container the path may be that of the machine, whose upper part is not mounted.
            var rest = group
            if root != "/" { rest = group.hasPrefix(root) ? String(group.dropFirst(root.count)) : "" }
            var parts = rest.split(separator: "/").map(String.init)
            if parts.contains("..") { parts = [] }
            return (0...parts.count).map { ([point] + parts.prefix($0)).joined(separator: "/") }
        }
    }
}
