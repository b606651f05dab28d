package import RouteGridBase

extension OutputFolder {
    /// Writes what belongs to a board's records and to no manifest: facts of the executions, and measurements.
    ///
    /// - Parameters:
    ///   - sources: Where facts are.
    ///   - latency: The measurements; without any, those of an earlier board are removed.
    /// - Returns: The names of the files written.
    /// - Throws: `system` when the folder cannot be written.
    package func writeFacts(of sources: [RecordSource], _ latency: LatencyTable) throws(RouteGridError) -> [String] {
        var files: [String] = []
        let runs = try RunFactsFiles.merged(sources)
        if !runs.isEmpty {
            try write(runs, to: OutputName.runs)
            files.append(OutputName.runs)
        }
        if latency.records.isEmpty {
            try remove(OutputName.latency)
        } else {
            try write(latency.bytes, to: OutputName.latency)
            files.append(OutputName.latency)
        }
        return files
    }
}
