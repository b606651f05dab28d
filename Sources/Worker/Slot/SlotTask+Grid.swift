import Foundation
package import Grid
package import RouteGridBase
package import Wire

extension SlotTask {
    /// What a slot computes of a grid, for executors that run without a cluster.
    ///
    /// - Parameters:
    ///   - jobs: cells of one group.
    ///   - group: their group.
    ///   - lock: the grid.
    ///   - blobs: the data that they read; without them, what the lock names.
    ///   - path: where the blob of a digest is.
    package init(
        _ jobs: [KeyedJob],
        ofGroup group: Int,
        of lock: GridLock,
        reading blobs: [Digest]? = nil,
        at path: (Digest) -> String
    ) {
        self.init()
        fit = Data(lock.fitBytes(ofGroup: group))
        labels = Data(lock.labels(ofGroup: group).jsonBytes())
        data = (blobs ?? lock.data(ofGroup: group)).map { digest in
            var file = SlotFile()
            file.sha = digest.data
            file.path = path(digest)
            return file
        }
        cells = jobs.map { job in
            var cell = SlotCell()
            cell.cellID = job.cell
            cell.jobKey = job.jobKey.data
            cell.eval = Data(job.evalBytes)
            return cell
        }
    }
}
