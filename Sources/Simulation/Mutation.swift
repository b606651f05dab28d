/// Faults that the simulated shell or store can be given, each of which some check must notice.
package enum Mutation: String, CaseIterable, Sendable {
    /// Results are acknowledged when they arrive.
    case acknowledgesBeforeCommit
    /// A result whose lease has ended is thrown away and acknowledged.
    case dropsLateSuccess
    /// A heartbeat counts for every lease it names: nothing is revoked.
    case heartbeatsForDeadLeases
    /// The store inserts a second record of a key.
    case insertsTwice
    /// The store takes the place of the first record.
    case replacesRecords
    /// A second, different result is called equal.
    case swallowsDivergence
    /// A cancellation is answered and not written.
    case losesCancel
    /// A restart goes on with the old epoch.
    case keepsEpoch
    /// Done bits go to disk one commit before their records.
    case splitsCommit
    /// Done bits are not written at all.
    case forgetsDoneBits
    /// Exceptions are not written: counters begin anew with each life.
    case forgetsExceptions
    /// A duplicate of a result is told to the scheduler as another cell.
    case countsResendsTwice
    /// The shell goes on taking results while the disk is full, and forgets them.
    case acknowledgesWhileStalled
    /// After a full disk, workers are not asked for what was dropped meanwhile.
    case forgetsStalledResults
    /// Peers that the scheduler lost are not forgotten, so they never say hello again.
    case keepsLostPeers
    /// Results of a batch that found the disk full are acknowledged.
    case acknowledgesRefused
    /// A full disk loses all changes that wait, not the results alone.
    case dropsChangesOnStall
    /// The scheduler is not told that the store is stalled.
    case hidesStall
    /// Selected test cells are leased while their list is on its way to disk.
    case leasesBeforeSelectionIsWritten
    /// The scheduler is told of a longer list than the one on disk.
    case leasesUnselected
    /// Every commit is followed by the answers of the next one.
    case answersTheWrongKey
}
