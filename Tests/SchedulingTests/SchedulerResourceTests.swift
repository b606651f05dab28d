import RouteGridBase
import Testing

@testable import Scheduling

/// Runs whose fits need more than a core, and workers that have different things.
struct SchedulerResourceTests {
    private func join(
        _ bench: SchedulerBench,
        _ worker: WorkerID,
        _ offer: WorkerResources,
        credit: Int
    ) -> [Granted] {
        bench.handle(.workerJoined(worker, numerics: [""], offer: offer, held: []))
        return bench.granted(bench.handle(.credit(worker, credit)))
    }

    @Test func `leases of a run go to workers that have what its fits need, as many at a time as it is enough for`() {
        let bench = SchedulerBench()
        bench.add(run1, groups: 8, of: 1) { $0.needs.gpus = 2 }
        #expect(join(bench, ann, WorkerResources(cpus: 8, gpus: 1, memory: 1 << 40), credit: 4).isEmpty)
        let granted = join(bench, bob, WorkerResources(cpus: 8, gpus: 5), credit: 4)
        #expect(granted.count == 2 && granted.allSatisfy { $0.worker == bob })
        #expect(bench.scheduler.standing(of: 7, in: run1) == .waiting(reason: "every able worker is busy"))
        // One lease ends: there is room for another.
        let more = bench.granted(bench.handle(.committed(run1, cells: granted[0].cells)))
        #expect(more.count == 1)
        // What needs no GPU is not kept waiting.
        bench.add(run2, groups: 8, of: 1)
        #expect(bench.scheduler.leases(of: ann).count == 4 && bench.scheduler.leases(of: bob).count == 4)
    }

    @Test func `cores are counted as gpus are, and memory is not`() {
        let bench = SchedulerBench()
        bench.add(run1, groups: 8, of: 1) { $0.needs = WorkerResources(cpus: 3, memory: 1 << 30) }
        #expect(join(bench, ann, WorkerResources(cpus: 8, memory: 1 << 29), credit: 4).isEmpty)
        #expect(join(bench, bob, WorkerResources(cpus: 8, memory: 1 << 30), credit: 4).count == 2)
        let lone = SchedulerBench()
        lone.add(run1, groups: 8, of: 1) { $0.needs.memory = 1 << 30 }
        #expect(join(lone, bob, WorkerResources(cpus: 1, memory: 1 << 30), credit: 4).count == 4)
    }

    @Test func `a run that no connected worker can serve says what is missing and what the largest has`() {
        let bench = SchedulerBench()
        bench.add(run1, groups: 1, of: 1) { $0.needs = WorkerResources(cpus: 4, gpus: 2, memory: 3 << 30) }
        #expect(bench.scheduler.obstacle(of: run1) == nil)
        _ = join(bench, ann, WorkerResources(cpus: 2, gpus: 1, memory: 1 << 30), credit: 1)
        let reason = """
            no connected worker has the resources of its run: it needs 4 cpus, the largest worker has 2; it needs 2 gpus, \
            the largest worker has 1; it needs 3072 MiB of memory, the largest worker has 1024
            """
        #expect(bench.scheduler.obstacle(of: run1) == reason)
        #expect(bench.scheduler.standing(of: 0, in: run1) == .waiting(reason: reason))
        _ = join(bench, bob, WorkerResources(cpus: 2, gpus: 2, memory: 4 << 30), credit: 1)
        #expect(bench.scheduler.obstacle(of: run1)?.contains("it needs 4 cpus, the largest worker has 2") == true)
        _ = join(bench, ann, WorkerResources(cpus: 4, gpus: 1, memory: 4 << 30), credit: 1)
        #expect(
            bench.scheduler.obstacle(of: run1)?.hasSuffix("4 cpus, 2 gpus and 3072 MiB of memory in one worker") == true
        )
        _ = join(bench, bob, WorkerResources(cpus: 4, gpus: 2, memory: 4 << 30), credit: 1)
        #expect(bench.scheduler.obstacle(of: run1) == nil)
    }

    @Test func `what needs gpus is not stolen by a worker that has none`() {
        let bench = SchedulerBench()
        bench.add(run1, groups: 1, of: 100) { $0.needs.gpus = 1 }
        #expect(join(bench, ann, WorkerResources(gpus: 1), credit: 1).count == 1)
        _ = join(bench, bob, WorkerResources(gpus: 0), credit: 1)
        bench.pass(20_000, alive: [ann, bob])
        #expect(bench.scheduler.leases(of: bob).isEmpty && bench.scheduler.leases(of: ann).count == 1)
    }

    @Test func `audits go to workers that serve the run and allow its programs, and use what its leases use`() throws {
        let bench = SchedulerBench()
        bench.add(run1, groups: 1, of: 1) { policy in
            policy.needs.gpus = 1
            policy.programs = ["p"]
        }
        func join(_ worker: WorkerID, _ key: String, gpus: Int, programs: Set<String>) -> [Granted] {
            let offer = WorkerResources(gpus: gpus)
            bench.handle(.workerJoined(worker, numerics: [""], programs: programs, offer: offer, held: []))
            bench.handle(.workerOrigin(worker, ResultOrigin(key: key, host: "h"), isTrusted: false))
            return bench.granted(bench.handle(.credit(worker, 2)))
        }
        _ = bench.finish(try #require(join(ann, "a", gpus: 1, programs: ["p"]).first))
        let need = AuditTask.Need.independent(of: ResultOrigin(key: "a", host: "h"))
        bench.handle(.audit(AuditTask(run: run1, cell: 0, need: need)))
        for (gpus, programs) in [(0, ["p"]), (1, [])] as [(Int, Set<String>)] {
            #expect(join(bob, "b", gpus: gpus, programs: programs).isEmpty)
            #expect(bench.granted(bench.pass(500, alive: [ann, bob])).isEmpty)
        }
        let joined = join(bob, "b", gpus: 1, programs: ["p"])
        let audit = try #require((joined + bench.granted(bench.pass(100, alive: [ann, bob]))).first)
        #expect(audit.worker == bob && audit.cells == [0])
        // Its GPU is in use until the result is recorded.
        bench.handle(.workerLeft(ann))
        let early = bench.granted(bench.add(run2, groups: 1, of: 1) { $0.needs.gpus = 1 })
        #expect((early + bench.granted(bench.pass(500, alive: [bob]))).isEmpty)
        let late = bench.granted(bench.handle(.committed(run1, cell: 0)))
        #expect((late + bench.granted(bench.pass(100, alive: [bob]))).map(\.run) == [run2])
    }
}
