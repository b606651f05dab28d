import Glibc

/// How many files and sockets this process may have open.
enum OpenFiles {
    /// Raises the soft limit to the hard one: a coordinator has a descriptor for each connection.
    ///
    /// It fails only when there is nothing to raise.
    static func allowAll() {
        var limit = rlimit()
        guard getrlimit(kind, &limit) == 0, limit.rlim_cur < limit.rlim_max else { return }
        limit.rlim_cur = limit.rlim_max
        _ = setrlimit(kind, &limit)
    }

    /// The limit at present.
    static var limit: UInt {
        var limit = rlimit()
        return getrlimit(kind, &limit) == 0 ? UInt(limit.rlim_cur) : .max
    }

    private static var kind: __rlimit_resource_t { __rlimit_resource_t(RLIMIT_NOFILE.rawValue) }
}
