import Glibc
import Peers
import Testing

@testable import Loop

@Suite("TLS with a server that is another's")
struct TLSClientTests {
    private static let hello = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"

    private static func failure(_ talk: Talk) -> String {
        guard case .failed(.insecure(let reason))? = talk.events.last, talk.bytes.isEmpty else {
            return "\(talk.events) behind \(talk.text)"
        }
        return reason.lowercased()
    }

    @Test("any certificate will do where none is verified; a name is sent to the server, and an address is not")
    func unverified() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                let certificates = try Certificates()
                let client = TLSClient()
                for kind in Certificates.Kind.allCases {
                    let server = try TLSServer(.answers, certificates, kind)
                    for (name, sent) in [
                        (TLSPeer.Name.host("good.test"), "good.test TLSv1.3"), (.address("127.0.0.1"), "- TLSv1.3"),
                        (.host("elsewhere.test"), "elsewhere.test TLSv1.3"), (.address("::1"), "- TLSv1.3"),
                    ] {
                        let talk = try rig.ask(server.place, tls: TLSPeer(client, name))
                        #expect(talk.text == Self.hello && talk.events == [.ended], "\(kind) \(name)")
                        #expect(server.client() == sent, "\(kind) \(name)")
                    }
                }
            }
        }
    }

    @Test("where it is verified, the authority must be known, the name or the address be in it, and the time be right")
    func verified() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                let certificates = try Certificates()
                let client = try TLSClient(verifyingBy: certificates.authority)
                let good = TLSPeer.Name.host("good.test")
                for (kind, name, reason) in [
                    (Certificates.Kind.good, good, nil), (.good, .address("127.0.0.1"), nil),
                    (.good, .host("GOOD.test"), nil), (.good, .host("other.test"), "hostname mismatch"),
                    (.good, .host("x.good.test"), "hostname mismatch"),
                    (.good, .address("127.0.0.2"), "ip address mismatch"),
                    (.good, .address("::1"), "ip address mismatch"),
                    (.other, .host("other.test"), nil), (.other, good, "hostname mismatch"),
                    (.other, .address("127.0.0.1"), "ip address mismatch"), (.expired, good, "certificate has expired"),
                    (.alone, good, "self-signed certificate"),
                ] {
                    let server = try TLSServer(.answers, certificates, kind)
                    let talk = try rig.ask(server.place, tls: TLSPeer(client, name))
                    if let reason {
                        #expect(Self.failure(talk).replacing(" ", with: "-") == reason.replacing(" ", with: "-"))
                    } else {
                        #expect(talk.text == Self.hello && talk.events == [.ended], "\(kind) \(name)")
                    }
                }
                // The host's own authorities know nothing of ours.
                let host = try TLSClient(verifyingBy: nil)
                let server = try TLSServer(.answers, certificates)
                #expect(
                    Self.failure(try rig.ask(server.place, tls: TLSPeer(host, good))).hasPrefix("unable to get local"))
            }
        }
    }

    @Test("authorities that cannot be read are an error, with the file's name")
    func authorities() async {
        await #expect(processExitsWith: .success) {
            Rig.run { _ in
                let certificates = try Certificates()
                let key = certificates.files(.good).key
                for path in ["/nonexistent/ca.pem", key, "/dev/null", certificates.directory] {
                    #expect {
                        _ = try TLSClient(verifyingBy: path)
                    } throws: { error in
                        "\(error)".hasPrefix("\(path): ") && "\(error)".count > path.count + 5
                    }
                }
            }
        }
    }

    @Test("a server that wants a certificate says so, in the handshake or behind it, and no other reason is given")
    func clientCertificate() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                let certificates = try Certificates()
                let clients = [TLSClient(), try TLSClient(verifyingBy: certificates.authority)]
                for client in clients {
                    let peer = TLSPeer(client, .host("good.test"))
                    let new = try TLSServer(.asks, certificates)
                    let reason = Self.failure(try rig.ask(new.place, tls: peer))
                    #expect(reason.contains("certificate required"), "\(reason)")
                    let old = try TLSServer(.asksInOldWay, certificates)
                    let oldReason = Self.failure(try rig.ask(old.place, tls: peer))
                    #expect(oldReason.contains("handshake failure"), "\(oldReason)")
                }
            }
        }
    }

    @Test("a server that speaks no TLS, and one that goes in the handshake, are told so")
    func noTLS() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                let certificates = try Certificates()
                for client in [TLSClient(), try TLSClient(verifyingBy: certificates.authority)] {
                    let peer = TLSPeer(client, .host("good.test"))
                    for (steps, reason) in [
                        ([.send("HTTP/1.1 400 Bad Request\r\n\r\n"), .wait], "wrong version number"),
                        ([.send("220 mail\r\n"), .wait], "wrong version number"),
                        ([.close], "the connection was closed during the handshake"),
                        ([.finish, .wait], "the connection was closed during the handshake"),
                    ] as [([ScriptedServer.Step], String)] {
                        let server = try ScriptedServer(rig.loop, steps)
                        #expect(Self.failure(try rig.ask(server.place, tls: peer)) == reason)
                    }
                    let drops = try TLSServer(.drops, certificates)
                    let reason = Self.failure(try rig.ask(drops.place, tls: peer))
                    #expect(reason == "the connection was closed during the handshake")
                    let gone = try Listener()
                    close(gone.descriptor)
                    let refused = try rig.ask(gone.place, tls: peer)
                    #expect(refused.events == [.failed(.unreachable(code: ECONNREFUSED))])
                }
            }
        }
    }

    @Test("a large answer comes whole, and one without a farewell has an end like any other")
    func ends() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                let certificates = try Certificates()
                let peer = TLSPeer(TLSClient(), .host("good.test"))
                let (floods, cuts) = (try TLSServer(.floods, certificates), try TLSServer(.cuts, certificates))
                let flood = try rig.ask(floods.place, tls: peer)
                let body = (0..<200_000).map { UInt8($0 % 251) }
                #expect(flood.bytes.suffix(200_000) == body[...] && flood.bytes.count > 200_000 && flood.pieces > 1)
                #expect(flood.events == [.ended])
                let cut = try rig.ask(cuts.place, tls: peer)
                #expect(cut.text == Self.hello && cut.events == [.ended])
            }
        }
    }

    @Test("without a greeting it is connected once the handshake is done, and a connection that breaks says how")
    func breaks() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                let server = try TLSServer(.breaks, try Certificates())
                let talk = Talk(rig.loop, tls: TLSPeer(TLSClient(), .host("good.test")))
                talk.whenReceived = { $0.socket?.send([0x78]) }
                talk.socket?.connect([server.place], greeting: [])
                try rig.until("the end") { talk.events.count == 2 }
                #expect(talk.events == [.connected, .failed(.broken(code: ECONNRESET))], "\(talk.events)")
                #expect(talk.text == "220 hello\r\n")
            }
        }
    }

    @Test("a name that is too long for TLS is told so, and nobody is asked")
    func longName() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                let server = try ScriptedServer(rig.loop, [.wait])
                let long = String(repeating: "x", count: 300)
                let talk = try rig.ask(server.place, tls: TLSPeer(TLSClient(), .host(long)))
                #expect(Self.failure(talk) == "ssl3 ext invalid servername")
                try rig.until("the server sees the end") { server.accepted == 1 && server.open == 0 }
            }
        }
    }

    @Test("an HTTP answer over TLS is read as any other, and closed in the middle of what it is told")
    func fetch() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                let certificates = try Certificates()
                let client = try TLSClient(verifyingBy: certificates.authority)
                let server = try TLSServer(.floods, certificates)
                var limits = HTTPAnswerLimits()
                limits.bodyBytes = 1000
                var results: [Result<HTTPAnswer, HTTPFailure>] = []
                for name in ["good.test", "other.test"] {
                    let fetch = HTTPFetch(
                        rig.loop, .place(server.place), HTTPFetchRequest(host: name, target: "/"),
                        tls: TLSPeer(client, .host(name)), limits: limits
                    ) { results.append($0) }
                    let before = results.count
                    fetch.start(timeoutNanoseconds: 20_000_000_000)
                    try rig.until("an outcome") { results.count > before }
                }
                #expect(try results[0].get().isTruncated && results[0].get().body.count == 1000)
                guard case .failure(.insecure(let reason)) = results[1] else {
                    throw Rig.Failure(description: "\(results[1])")
                }
                #expect(reason.lowercased() == "hostname mismatch")
            }
        }
    }
}
