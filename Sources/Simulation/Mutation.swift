/// Faults that can be built into the simulated shell or store, each of which some check must detect.
package enum Mutation: String, CaseIterable, Sendable {
    /// Results are acknowledged on arrival.
    case acknowledgesBeforeCommit
    /// A result whose lease has ended is dropped and acknowledged.
    case dropsLateSuccess
    /// A heartbeat renews every lease that it names: nothing is revoked.
    case heartbeatsForDeadLeases
    /// The store inserts a second record of a key.
    case insertsTwice
    /// A second record of a key replaces the first.
    case replacesRecords
    /// A second, different result counts as equal.
    case countsDivergenceAsEqual
    /// A cancellation is acknowledged and not written.
    case losesCancel
    /// A restart keeps the old epoch.
    case keepsEpoch
    /// Done bits go to disk one commit before their records.
    case splitsCommit
    /// Done bits are not written at all.
    case forgetsDoneBits
    /// Exceptions are not written: counters begin anew with each start.
    case forgetsExceptions
    /// A duplicate of a result is reported to the scheduler as another cell.
    case countsResendsTwice
    /// The shell accepts results while the disk is full, and drops them.
    case acknowledgesWhileStalled
    /// After a full disk, workers are not asked to send again what was dropped.
    case forgetsStalledResults
    /// Peers that the scheduler lost are not dropped, so they never send a hello again.
    case keepsLostPeers
    /// Results of a batch that found the disk full are acknowledged.
    case acknowledgesRefused
    /// A full disk loses all changes that wait, not the results alone.
    case dropsChangesOnStall
    /// The scheduler does not get the event that the store is stalled.
    case omitsStallEvent
    /// Selected test cells are leased before their list is on disk.
    case leasesBeforeSelectionIsWritten
    /// The scheduler gets a longer list than the one on disk.
    case leasesUnselected
    /// Leases are sent before their grants are on disk.
    case leasesBeforeTheGrantIsWritten
    /// Grants are not written at all: a restart forgets them.
    case losesGrants
    /// Every commit is followed by the answers of the next one.
    case answersTheWrongKey
}
