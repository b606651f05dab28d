import RouteGridBase

/// What every line of a record stream says first: its schema, its keys and the job.
struct RecordLine {
    let schema: String
    let jobKey: JobKey
    let fitKey: FitKey
    let job: JSONValue

    init(schema: String, jobKey: JobKey, fitKey: FitKey, job: JSONValue) {
        (self.schema, self.jobKey, self.fitKey, self.job) = (schema, jobKey, fitKey, job)
    }

    /// Takes the members of a line.
    ///
    /// - Throws: ``RouteGridError`` `badInput` for another schema, a member that is absent or no digest, or a job that
    ///   is no object.
    init(from object: inout StrictObject, schema: String, place: String) throws(RouteGridError) {
        try object.schema(schema)
        self.schema = schema
        (jobKey, fitKey) = (JobKey(try object.digest("job_key")), FitKey(try object.digest("fit_key")))
        job = try object.required("job")
        guard job.objectValue != nil else { throw .badInput(place, "expected job to be an object") }
    }

    /// The JSON line with more members, without its line feed.
    func bytes(with members: [String: JSONValue]) -> [UInt8] {
        let head: [String: JSONValue] = [
            "schema": .string(schema), "job_key": .string(jobKey.hex), "fit_key": .string(fitKey.hex), "job": job,
        ]
        return JSONValue.object(head.merging(members) { _, new in new }).jsonBytes()
    }
}
