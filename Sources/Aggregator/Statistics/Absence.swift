/// Why a statistic does not exist, in words for the reader of a board.
struct Absence: Error, Hashable {
    let why: String
}
