import Loop
import Machine

/// What the checks of all commands of one Kapo share.
final class CheckSupplies {
    /// For https and smtps: any certificate will do.
    let tls = TLSClient()
    let notices = NoticeJobs()
    private var places: CheckPlaces

    init(random: UInt64) {
        places = CheckPlaces(random: random)
    }

    /// A place in the interval for one check more.
    func nextPlace() -> CheckPlace { places.next() }
}
