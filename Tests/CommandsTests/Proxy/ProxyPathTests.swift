import Loop
import Machine
import Testing

@testable import Program

@Suite("The path of a check")
struct ProxyPathTests {
    private static func path(_ bytes: [UInt8]) -> Result<ProxyPath, ProxyPath.Refusal> {
        Result { () throws(ProxyPath.Refusal) in try ProxyPath(bytes[...]) }
    }

    private static func refusal(_ text: String) -> String {
        if case .failure(let refusal) = path(Array(text.utf8)) { refusal.text } else { "" }
    }

    @Test(
        "has a service and a port, and perhaps more",
        arguments: [
            ("web/80", "web", 80, "/"), ("web/80/", "web", 80, "/"), ("web/0/status", "web", 0, "/status"),
            ("a-b_c.d/65535/x/y//z/", "a-b_c.d", 65535, "/x/y//z/"), ("web/80//", "web", 80, "//"),
            ("web/00080/", "web", 80, "/"), ("W/8/%20%00~!", "W", 8, "/%20%00~!"), ("web/80/../x", "web", 80, "/../x"),
            ("all/1/", "all", 1, "/"),
        ] as [(String, String, UInt16, String)])
    func good(_ text: String, _ service: String, _ port: UInt16, _ rest: String) throws {
        let path = try Self.path(Array(text.utf8)).get()
        #expect(path.service == service && path.port == port && path.rest == rest)
    }

    @Test("has a service of 128 bytes at most")
    func longest() throws {
        let name = String(repeating: "x", count: 128)
        #expect(try Self.path(Array("\(name)/1".utf8)).get().service == name)
        #expect(Self.refusal("\(name)x/1").contains("is not a service: "))
    }

    @Test(
        "without a service it is none",
        arguments: [
            "", "/", "/80", ".web/80", "..", "../80", "we%62/80", "web:80/80", "w b/80", "w\u{e9}b/80", "w\0/80",
        ])
    func service(_ text: String) {
        #expect(Self.refusal(text).hasPrefix("What stands there in the path is not a service: "))
    }

    @Test(
        "without a port it is none",
        arguments: [
            "web", "web/", "web//", "web/x", "web/-1", "web/+1", "web/65536", "web/100000", "web/000001", "web/ 1",
            "web/1.0", "web/0x1", "web/\u{661}", "web/80?x",
        ])
    func port(_ text: String) {
        #expect(Self.refusal(text).hasPrefix("The path has no port in it behind the service"))
    }

    @Test(
        "what follows is visible ASCII, or there is none",
        arguments: [0x00, 0x09, 0x0d, 0x20, 0x7f, 0x80, 0xff] as [UInt8])
    func rest(_ byte: UInt8) {
        guard case .failure(let refusal) = Self.path(Array("web/80/a".utf8) + [byte]) else {
            return #expect(Bool(false), "\(byte) is taken")
        }
        #expect(refusal.text.hasPrefix("The path has bytes in it that must be written with percent signs"))
    }
}

@Suite("What HAProxy says of a server")
struct ProxyTargetFieldTests {
    private static func fields(_ text: String) -> [String: String] { ProxyTargets.fields(Array(text.utf8)) }

    @Test("has names and values between semicolons, and the rest is passed over")
    func fields() {
        #expect(
            Self.fields("UP 2/3; name=bck/srv2; node=lb1; weight=1/2; scur=13/22; qcur=0")
                == ["name": "bck/srv2", "node": "lb1", "weight": "1/2", "scur": "13/22", "qcur": "0"])
        #expect(
            Self.fields("DOWN; address=10.0.0.1; port=80; name=a/b") == [
                "address": "10.0.0.1", "port": "80", "name": "a/b",
            ])
        #expect(Self.fields("address=::1;port=8080") == ["address": "::1", "port": "8080"])
    }

    @Test("a name that comes again counts as it came last; what has more than one sign is none")
    func odd() {
        #expect(Self.fields("port=1; port=2")["port"] == "2")
        #expect(Self.fields("port=1=2; a; =; b= ; =c") == ["": "c", "b": ""])
        #expect(Self.fields("  port=80 x; address =1") == ["port": "80", "address ": "1"])
        #expect(Self.fields("") == [:] && Self.fields(";;;") == [:])
        #expect(ProxyTargets.fields([0x61, 0x3d, 0xff]) == ["a": "\u{fffd}"])
    }
}
