package import RouteGridBase
package import Scheduling

/// What a coordinator's `status` says to an allocator: the work that there is, and who of its workers has greeted.
package struct ClusterView: Hashable, Sendable {
    package var demand: WorkDemand
    /// Jobs of this allocator whose workers are connected.
    package var connected: Set<String>
    /// Slots of connected workers that are not this allocator's.
    package var otherSlots: Int
    /// Slots of its own connected workers, each.
    package var ownSlots: [Int]
    /// Numerics classes of its own connected workers.
    package var numerics: Set<String>

    package init(
        demand: WorkDemand,
        connected: Set<String> = [],
        otherSlots: Int = 0,
        ownSlots: [Int] = [],
        numerics: Set<String> = []
    ) {
        self.demand = demand
        self.connected = connected
        self.otherSlots = otherSlots
        self.ownSlots = ownSlots
        self.numerics = numerics
    }

    /// Reads a `status` document.
    ///
    /// - Parameters:
    ///   - status: what the coordinator answered.
    ///   - jobName: the name of this allocator's jobs: its workers are called `JOBNAME.JOBID.HOST`.
    /// - Throws: `protocolRefused` for a status of another version.
    package init(status: JSONValue, jobName: String) throws(RouteGridError) {
        self.init(demand: try WorkDemand(json: status["demand"]))
        for worker in status["workers"]?.arrayValue ?? [] {
            let slots = worker["slots"]?.integerValue ?? 0
            if let job = Self.job(ofWorker: worker["name"]?.stringValue ?? "", jobName: jobName) {
                connected.insert(job)
                ownSlots.append(slots)
                numerics.formUnion((worker["numerics"]?.arrayValue ?? []).compactMap(\.stringValue))
            } else {
                otherSlots += slots
            }
        }
    }

    /// The job in a worker's name; nil for a worker of somebody else.
    package static func job(ofWorker name: String, jobName: String) -> String? {
        guard name.hasPrefix(jobName + ".") else { return nil }
        let parts = name.dropFirst(jobName.count + 1).split(separator: ".", maxSplits: 1)
        guard let id = parts.first, id.first?.isNumber == true else { return nil }
        return String(id)
    }
}
