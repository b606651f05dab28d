package import RouteGridBase

/// What a program is called for; inputs are safetensors files, see `ProgramExchange`.
package enum ProgramCall: Sendable {
    /// Fits, and answers about the rows to predict.
    case fitPredict([UInt8])
    /// Fits, and writes what it answers by later.
    case fit([UInt8])
    /// Answers about the rows to predict by a fit of its own.
    case predict([UInt8], by: [UInt8])
}

/// Runs the programs of `exec` routers.
package protocol RouterPrograms: Sendable {
    /// Runs a program once, to its end.
    ///
    /// - Parameters:
    ///   - command: the name that the grid gives it.
    ///   - call: what for.
    ///   - file: what the grid names as the program's `inputs`; nil without any.
    ///   - limit: bytes that the answer may have.
    /// - Returns: the file that the program wrote.
    /// - Throws: `badInput` when another try would not help, `system` or `temporary` when it may.
    func answer(
        of command: String,
        to call: ProgramCall,
        file: [UInt8]?,
        limit: Int
    ) throws(RouteGridError) -> [UInt8]
}
