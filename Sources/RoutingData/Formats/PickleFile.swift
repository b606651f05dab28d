import RouteGridBase

/// Pickles can run code when they are read: they are recognised and refused, with the way round.
enum PickleFile {
    /// Refuses bytes that begin as a pickle does, or a file that is named as one.
    static func refuse(_ bytes: [UInt8], place: String) throws(RouteGridError) {
        let isNamedSo = [".pkl", ".pickle"].contains { place.lowercased().hasSuffix($0) }
        guard
            isNamedSo || (bytes.count > 1 && bytes[0] == 0x80 && (2...5).contains(bytes[1]))
                || isTextPickle(bytes)
        else { return }
        let stem = ShellText.renamed(place, "").dropLast()
        throw .badInput(
            place,
            "a pickle can run code and is not read; convert it where you trust it, in Python: "
                + "x = pandas.read_pickle(\"\(place)\"), then x.to_csv(\"\(stem).csv\", index=False) for a table "
                + "or numpy.save(\"\(stem).npy\", numpy.asarray(x)) for an array"
        )
    }

    /// Protocol 0 is text: it ends in a stop and names modules or puts marks on lines of their own.
    private static func isTextPickle(_ bytes: [UInt8]) -> Bool {
        guard bytes.last == UInt8(ascii: "."), bytes.count > 3 else { return false }
        return ["(lp0\n", "(dp0\n", "ccopy_reg\n", "cnumpy", "cpandas", "(lp1\n", "(dp1\n"].contains {
            bytes.starts(with: $0.utf8)
        }
    }
}
