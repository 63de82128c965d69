import Host
import Loop

/// The notices of all commands of one Kapo that are under way. They outlive the service that they are about.
final class NoticeJobs {
    /// At once; further ones are refused.
    static let most = 16

    private var jobs: [Int: ShellJob] = [:]
    private var nextNumber = 0
    /// The process groups of notices, of which some may be over.
    private var allGroups: Set<Int32> = []

    /// Starts one, and says how it ended; false when there are too many.
    func start(
        _ loop: EventLoop, _ sides: SideCommands, _ task: ShellJob.Task, whenOver: @escaping (ShellJob.Ending) -> Void
    ) throws(SystemError) -> Bool {
        guard jobs.count < Self.most else { return false }
        nextNumber += 1
        let number = nextNumber
        let job = try ShellJob(loop, sides, task) { [unowned self] ending in
            jobs[number] = nil
            whenOver(ending)
        }
        jobs[number] = job
        allGroups.insert(job.pid)
        return true
    }

    /// The process groups of notices that have a member: a mail may be delivered after its command has ended.
    var groups: Set<Int32> {
        allGroups = allGroups.filter(Signals.hasGroup)
        return allGroups
    }
}
