package import RouteGridBase

/// Runs the programs of `exec` routers.
package protocol RouterPrograms: Sendable {
    /// Runs a program on one input to its end.
    ///
    /// - Parameters:
    ///   - command: the name that the grid gives it.
    ///   - input: a safetensors file, see ``ProgramExchange``.
    ///   - file: what the grid names as the program's `inputs`; nil without any.
    ///   - limit: bytes that the answer may have.
    /// - Returns: the file that the program wrote.
    /// - Throws: `badInput` when another try would not help, `system` or `temporary` when it may.
    func answer(of command: String, to input: [UInt8], file: [UInt8]?, limit: Int) throws(RouteGridError) -> [UInt8]
}
