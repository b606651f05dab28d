import Foundation
import Testing
import Worker

@Suite struct MachineLimitsTests {
    private let root = "\(FileManager.default.temporaryDirectory.path)/rg-limits-\(UInt64.random(in: 0...UInt64.max))"

    private func put(_ files: [String: String]) throws {
        for (path, text) in files {
            let url = URL(fileURLWithPath: root + path)
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(text.utf8).write(to: url)
        }
    }

    @Test func `version 2: the narrowest limit of all levels applies`() throws {
        defer { try? FileManager.default.removeItem(atPath: root) }
        try put([
            "/proc/self/cgroup": "0::/pods/one\n",
            "/proc/self/mountinfo": "30 20 0:27 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw\n",
            "/sys/fs/cgroup/pods/cpu.max": "250000 100000\n", "/sys/fs/cgroup/pods/memory.max": "max\n",
            "/sys/fs/cgroup/pods/one/cpu.max": "max 100000\n", "/sys/fs/cgroup/pods/one/memory.max": "1073741824\n",
        ])
        var limits = MachineLimits(root: root)
        #expect(limits.processorQuota == 2.5)
        #expect(limits.memoryLimit == 1 << 30)
        (limits.scheduledCores, limits.machineMemory) = (16, 64 << 30)
        #expect(limits.cores == 2)
        #expect(limits.memory == 1 << 30)
        (limits.scheduledCores, limits.machineMemory) = (1, 1 << 20)
        #expect(limits.cores == 1 && limits.memory == 1 << 20)
    }

    @Test func `less than a core is one slot`() throws {
        defer { try? FileManager.default.removeItem(atPath: root) }
        try put([
            "/proc/self/cgroup": "0::/\n",
            "/proc/self/mountinfo": "30 20 0:27 / /sys/fs/cgroup ro - cgroup2 cgroup2 rw\n",
            "/sys/fs/cgroup/cpu.max": "50000 100000\n",
        ])
        let limits = MachineLimits(root: root)
        #expect(limits.processorQuota == 0.5)
        #expect(limits.cores == 1)
    }

    @Test func `version 1: a container sees its own group at the mount point`() throws {
        defer { try? FileManager.default.removeItem(atPath: root) }
        let mounts = [
            "31 20 0:28 /docker/ab /sys/fs/cgroup/cpu,cpuacct ro master:9 - cgroup cgroup rw,cpu,cpuacct",
            "32 20 0:29 /docker/ab /sys/fs/cgroup/memory ro master:10 - cgroup cgroup rw,memory",
            "33 20 0:30 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw",
        ]
        try put([
            "/proc/self/cgroup": "4:memory:/docker/ab\n3:cpu,cpuacct:/docker/ab\n1:name=systemd:/\n0::/\n",
            "/proc/self/mountinfo": mounts.joined(separator: "\n"),
            "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "300000\n",
            "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000\n",
            "/sys/fs/cgroup/memory/memory.limit_in_bytes": "536870912\n",
        ])
        let limits = MachineLimits(root: root)
        #expect(limits.processorQuota == 3)
        #expect(limits.memoryLimit == 512 << 20)
    }

    @Test func `a job has what Slurm gave it`() {
        let job = ["SLURM_JOB_ID": "7", "SLURM_CPUS_ON_NODE": "6", "SLURM_MEM_PER_NODE": "4096"]
        let limits = MachineLimits(root: root, environment: job)
        #expect(limits.processorQuota == 6 && limits.memoryLimit == 4 << 30)
        let strange = ["SLURM_JOB_ID": "7", "SLURM_CPUS_ON_NODE": "many", "SLURM_MEM_PER_NODE": "0"]
        #expect(MachineLimits(root: root, environment: strange) == MachineLimits(root: root))
        // Left over in a shell, not a job.
        #expect(MachineLimits(root: root, environment: ["SLURM_CPUS_ON_NODE": "2"]) == MachineLimits(root: root))
    }

    @Test func `no limits are none`() throws {
        defer { try? FileManager.default.removeItem(atPath: root) }
        try put([
            "/proc/self/cgroup": "2:memory:/\n1:cpu:/\n",
            "/proc/self/mountinfo": """
            32 31 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu
            33 31 0:30 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
            """,
            "/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n", "/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
            "/sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
        ])
        let limits = MachineLimits(root: root)
        #expect(limits.processorQuota == nil && limits.memoryLimit == nil)
        #expect(limits.cores == limits.scheduledCores && limits.memory == limits.machineMemory)
        #expect(MachineLimits(root: root + "/none").processorQuota == nil)
    }
}
