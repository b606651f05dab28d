import COpenBLAS
import RouteGridBase
import RoutingData

extension Matrix<Double> {
    /// Replaces the rows by an orthonormal basis of what they span (Householder QR), rows ≤ columns.
    ///
    /// - Throws: ``RouteGridError`` `system` when LAPACK refuses, which finite input does not make it do.
    mutating func orthonormaliseRows() throws(RouteGridError) {
        OpenBLAS.prepare()
        precondition(rows <= columns, "\(rows) orthonormal rows of \(columns) numbers")
        // LAPACK reads columns: rows of this matrix are the columns it makes orthonormal.
        var (m, n, info) = (Int32(columns), Int32(rows), Int32(0))
        var reflectors = [Double](repeating: 0, count: Swift.max(rows, 1))
        var work = [Double](repeating: 0, count: 64 * Swift.max(rows, 1))
        var workCount = Int32(work.count)
        elements.withUnsafeMutableBufferPointer { a in
            dgeqrf_(&m, &n, a.baseAddress, &m, &reflectors, &work, &workCount, &info)
            if info == 0 { dorgqr_(&m, &n, &n, a.baseAddress, &m, &reflectors, &work, &workCount, &info) }
        }
        guard info == 0 else { throw RouteGridError(.system, "QR of a \(rows) × \(columns) matrix: LAPACK \(info)") }
    }
}
