import Host

/// Reaps Kapo's children, and tells each one's owner what happened to it.
final class Reaper {
    private var owners: [Int32: (Children.Change) -> Void] = [:]
    private var listeners: [ObjectIdentifier: () -> Void] = [:]

    /// Those that have an owner: all children but orphans.
    var pids: Set<Int32> { Set(owners.keys) }

    /// True when that one has an owner.
    func owns(_ pid: Int32) -> Bool { owners[pid] != nil }

    /// Has `handler` hear of that child, until its end.
    func own(_ pid: Int32, _ handler: @escaping (Children.Change) -> Void) { owners[pid] = handler }

    /// Whoever owned that child wants to hear no more of it.
    func disown(_ pid: Int32) { owners[pid] = nil }

    /// Has `handler` hear when orphans have ended: once for all of them that had when somebody looked.
    func listen(_ listener: AnyObject, whenOrphansEnded handler: @escaping () -> Void) {
        listeners[ObjectIdentifier(listener)] = handler
    }

    /// The listener wants to hear no more.
    func dismiss(_ listener: AnyObject) { listeners[ObjectIdentifier(listener)] = nil }

    /// Takes what the kernel has to say of children: to be called when SIGCHLD has come.
    func reap() {
        var hasOrphanEnded = false
        // Ends: each turn takes a change that the kernel has for us.
        while case .change(let change) = Children.next() {
            switch change {
            case .ended(let pid, _, _):
                if let owner = owners.removeValue(forKey: pid) { owner(change) } else { hasOrphanEnded = true }
            case .paused(let pid, _), .resumed(let pid): owners[pid]?(change)
            }
        }
        if hasOrphanEnded { for listener in listeners.values { listener() } }
    }
}
