import COpenBLAS

/// The one place that decides how OpenBLAS runs.
///
/// Bits differ between thread counts, so every product and factorisation of the core goes through here first and runs
/// on the calling thread alone; parallelism comes from jobs.
enum OpenBLAS {
    private static let configured: Void = openblas_set_num_threads(1)

    /// Makes OpenBLAS single-threaded, once a process.
    static func prepare() { _ = configured }
}
