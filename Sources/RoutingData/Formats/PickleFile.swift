import RouteGridBase

/// Pickles can run code when they are read: they are recognised and refused, with the way round.
enum PickleFile {
    /// Refuses bytes that begin as a pickle does, or a file that is named as one.
    static func refuse(_ bytes: [UInt8], place: String) throws(RouteGridError) {
        let isNamedSo = [".pkl", ".pickle"].contains { place.lowercased().hasSuffix($0) }
        guard isNamedSo || (bytes.count > 1 && bytes[0] == 0x80 && (2...5).contains(bytes[1])) else { return }
        throw .badInput(
            place,
            "a pickle can run code and is not read; convert it where you trust it, in Python: "
                + "x = pandas.read_pickle(\"F.pkl\"), then x.to_csv(\"F.csv\", index=False) for a table "
                + "or numpy.save(\"F.npy\", numpy.asarray(x)) for an array"
        )
    }

    /// The table in a CSV file that is not a pickle.
    static func table(_ path: String) throws(RouteGridError) -> CSVTable {
        let bytes = try FileBytes.read(path)
        try refuse(bytes, place: path)
        return try CSVTable(bytes: bytes, place: path)
    }
}
