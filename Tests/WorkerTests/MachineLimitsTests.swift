import Foundation
import TestSupport
import Testing
import Worker

struct MachineLimitsTests {
    private func limits(_ environment: [String: String] = [:], files: [String: String] = [:]) throws -> MachineLimits {
        let root = try TemporaryFolder()
        for (path, text) in files {
            let folder = (root.path(path) as NSString).deletingLastPathComponent
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try root.write(text, to: path)
        }
        return MachineLimits(processors: 64, memory: 1 << 40, environment: environment, root: root.path)
    }

    @Test func `without limits a worker has its machine`() throws {
        #expect(try limits() == limits(files: ["proc/self/cgroup": "0::/\n"]))
        #expect(try limits().processors == 64 && limits().memory == 1 << 40)
        // Left over in a shell, not a job.
        #expect(try limits(["SLURM_CPUS_ON_NODE": "2"]).processors == 64)
    }

    @Test func `a job has what Slurm gave it`() throws {
        let job = ["SLURM_JOB_ID": "7", "SLURM_CPUS_ON_NODE": "6", "SLURM_MEM_PER_NODE": "4096"]
        #expect(try limits(job).processors == 6 && limits(job).memory == 4 << 30)
        let strange = ["SLURM_JOB_ID": "7", "SLURM_CPUS_ON_NODE": "many", "SLURM_MEM_PER_NODE": "0"]
        #expect(try limits(strange) == limits())
    }

    @Test func `a container has the smallest of the limits above it`() throws {
        let files = [
            "proc/self/cgroup": "0::/pods/one\n",
            "sys/fs/cgroup/pods/one/cpu.max": "max 100000\n", "sys/fs/cgroup/pods/cpu.max": "350000 100000\n",
            "sys/fs/cgroup/pods/one/memory.max": "2147483648\n", "sys/fs/cgroup/pods/memory.max": "max\n",
        ]
        #expect(try limits(files: files).processors == 3 && limits(files: files).memory == 2 << 30)
        let half = ["proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "50000 100000\n"]
        #expect(try limits(files: half).processors == 1)
    }

    @Test func `control groups of the first version limit too`() throws {
        let files = [
            "proc/self/cgroup": "5:memory:/a\n3:cpu,cpuacct:/a\n1:name=systemd:/a\n",
            "sys/fs/cgroup/memory/a/memory.limit_in_bytes": "1073741824\n",
            "sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_quota_us": "200000\n",
            "sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_period_us": "100000\n",
        ]
        #expect(try limits(files: files).processors == 2 && limits(files: files).memory == 1 << 30)
    }
}
