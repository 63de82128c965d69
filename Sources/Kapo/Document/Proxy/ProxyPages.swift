/// What hacheck tells of itself, in its shapes.
package enum ProxyPages {
    /// A service that was asked for, and what came of it last.
    package struct Seen: Equatable, Sendable {
        package var service: String
        package var code: Int
        /// In digits; empty when it is not known.
        package var client: String
        /// Wall time in nanoseconds since 1970.
        package var time: Int64

        /// That answer.
        package init(service: String, code: Int, client: String, time: Int64) {
            (self.service, self.code, self.client, self.time) = (service, code, client, time)
        }
    }

    /// `GET /recent`: `{"seen_services": [["web", {"code": 200, "remote_ip": "127.0.0.1", "ts": 1.5}]], …}`, in the
    /// order of the names.
    package static func recent(_ seen: [Seen], thresholdSeconds: Int64) -> [UInt8] {
        let services = seen.sorted { $0.service < $1.service }.map { seen in
            JSON.array([
                .string(seen.service),
                .object([
                    ("code", .integer(Int64(seen.code))), ("remote_ip", .string(seen.client)),
                    ("ts", .number(seconds(seen.time))),
                ]),
            ])
        }
        return PythonJSON.bytes(
            .object([("seen_services", .array(services)), ("threshold_seconds", .integer(thresholdSeconds))]))
    }

    /// `GET /status`: the cache and the uptime, as hacheck has them, and the checks that run and wait.
    package static func status(_ cache: ProxyCache, uptime: Int64, running: Int, waiting: Int) -> [UInt8] {
        PythonJSON.bytes(
            .object([
                (
                    "cache",
                    .object([
                        ("expirations", .unsigned(cache.expirations)), ("sets", .unsigned(cache.sets)),
                        ("gets", .unsigned(cache.gets)), ("hits", .unsigned(cache.hits)),
                        ("misses", .unsigned(cache.misses)),
                    ])
                ),
                ("uptime", .number(seconds(uptime))),
                ("queue", .object([("running", .integer(Int64(running))), ("waiting", .integer(Int64(waiting)))])),
            ]))
    }

    /// `GET /status/count`: how often each client has asked for each service.
    package static func counts(_ services: [(service: String, clients: [(client: String, count: UInt64)])]) -> [UInt8] {
        let members = services.sorted { $0.service < $1.service }.map { service, clients in
            let counts = clients.sorted { $0.client < $1.client }.map { ($0.client, JSON.unsigned($0.count)) }
            return (service, JSON.object(counts))
        }
        return PythonJSON.bytes(.object([("service_access_counts", .object(members))]))
    }

    /// Seconds with six decimals.
    private static func seconds(_ nanoseconds: Int64) -> Double { Double(nanoseconds / 1000) / 1_000_000 }
}
