import Machine

/// What a load balancer's agent check is told, one line a connection: HAProxy's `agent-check`
/// (https://docs.haproxy.org/2.6/configuration.html#5.2-agent-check).
package enum AgentLine {
    /// `up ready`, `drain`, `down #why` while the command will come back, `stopped #why` when it will not.
    package static func bytes(_ health: Health) -> [UInt8] {
        let line =
            switch health.blocker {
            case nil: "up ready"
            case .draining: "drain"
            case let blocker?: "\(health.isLive ? "down" : "stopped") #\(blocker.rawValue)"
            }
        return Array("\(line)\n".utf8)
    }
}
