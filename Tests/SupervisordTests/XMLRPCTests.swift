import Testing

@testable import Supervisord

@Suite("Calls become bytes, and bytes become answers")
struct XMLRPCTests {
    @Test("a call is a document, and nothing in it can leave its place")
    func calls() {
        #expect(
            String(decoding: XMLRPCCall.allProcesses.bytes, as: UTF8.self) == """
                <?xml version='1.0'?>
                <methodCall><methodName>supervisor.getAllProcessInfo</methodName><params></params></methodCall>

                """)
        let call = String(decoding: XMLRPCCall.stop("a<&>\r\u{0}\u{b}\u{ffff}é:b").bytes, as: UTF8.self)
        #expect(
            call.contains(
                "<param><value><string>a&lt;&amp;&gt;&#13;\u{fffd}\u{fffd}\u{fffd}é:b</string></value></param>"))
        #expect(XMLRPCCall.start("a") == XMLRPCCall("supervisor.startProcess", ["a"]))
    }

    @Test("what was called can be read again by the same parser")
    func roundTrip() throws {
        let name = "a<&>\r\n\t\"' é:b"
        let root = try ExpatReader.root(of: XMLRPCCall.stop(name).bytes)
        let value = try #require(root.children.last?.only("param")?.only("value"))
        #expect(try XMLRPCValue(value) == .text(name))
    }

    @Test(
        "each type of value",
        arguments: [
            ("<value><string>a b</string></value>", XMLRPCValue.text("a b")), ("<value> x </value>", .text(" x ")),
            ("<value/>", .text("")), ("<value><string/></value>", .text("")),
            ("<value><![CDATA[<&]]></value>", .text("<&")), ("<value>&#228;&lt;<!-- no -->b</value>", .text("ä<b")),
            ("<value><int>-5</int></value>", .integer(-5)), ("<value><i4>+7</i4></value>", .integer(7)),
            ("<value><i8>9223372036854775807</i8></value>", .integer(.max)),
            ("<value>\n <int>1</int>\n</value>", .integer(1)),
            ("<value><boolean>1</boolean></value>", .boolean(true)),
            ("<value><boolean>0</boolean></value>", .boolean(false)), ("<value><nil/></value>", .nothing),
            ("<value><double>1.5</double></value>", .text("1.5")),
            ("<value><base64>AAA=</base64></value>", .text("AAA=")),
            ("<value><dateTime.iso8601>20261127T10:00:00</dateTime.iso8601></value>", .text("20261127T10:00:00")),
            ("<value><array><data/></array></value>", .list([])),
            (
                "<value><array><data><value>a</value><value><int>1</int></value></data></array></value>",
                .list([.text("a"), .integer(1)])
            ),
            ("<value><struct/></value>", .members([:])),
            (
                "<value><struct><member><name>a</name><value>1</value></member>"
                    + "<member><name>a</name><value>2</value></member></struct></value>", .members(["a": .text("2")])
            ),
        ])
    func values(_ element: String, _ value: XMLRPCValue) throws {
        #expect(try answer(response(element)) == .value(value))
    }

    @Test("a fault has a code and a text")
    func faults() throws {
        let fault = """
            <?xml version='1.0'?>
            <methodResponse>
            <fault>
            <value><struct>
            <member><name>faultCode</name><value><int>70</int></value></member>
            <member><name>faultString</name><value><string>NOT_RUNNING: web</string></value></member>
            </struct></value>
            </fault>
            </methodResponse>
            """
        #expect(try answer(fault) == .fault(code: 70, "NOT_RUNNING: web"))
    }

    @Test("processes are told of")
    func processes() throws {
        guard case .value(let value) = try answer(allProcesses) else { throw XMLRPCMistake.tooDeep }
        let processes = try ProcessInfo.all(in: value)
        #expect(
            processes == [
                ProcessInfo(
                    group: "site", name: "web", state: .running, pid: 4171, start: 1_764_238_954,
                    now: 1_764_238_960),
                ProcessInfo(
                    group: "cache & more", name: "cache & more", state: .unknown, pid: 0, start: 0,
                    now: 1_764_238_960),
            ])
        #expect(processes.map(\.fullName) == ["site:web", "cache & more"])
        for names in [["web"], ["a", "site:web"]] { #expect(processes[0].isMeant(by: names)) }
        for names in [[], ["site"], ["site:"], ["site:*"], ["web:web"], ["we"]] {
            #expect(!processes[0].isMeant(by: names))
        }
    }

    @Test("what is no list of processes is said to be none")
    func noProcesses() {
        let members: [String: XMLRPCValue] = [
            "name": .text("a"), "group": .text("a"), "state": .integer(20), "pid": .integer(1), "start": .integer(0),
            "now": .integer(9_000_000_000),
        ]
        #expect(throws: Never.self) { try ProcessInfo.all(in: .list([.members(members)])) }
        for odd in [
            ["start": .integer(-1)], ["now": .integer(.max)], ["start": .text("1")], ["group": .nothing],
        ] as [[String: XMLRPCValue]] {
            #expect(throws: XMLRPCMistake.self) {
                try ProcessInfo.all(in: .list([.members(members.merging(odd) { $1 })]))
            }
        }
        for value in [XMLRPCValue.nothing, .list([.text("a")]), .list([.members(["name": .text("a")])])] {
            #expect(throws: XMLRPCMistake.self) { try ProcessInfo.all(in: value) }
        }
    }

    @Test("base64, with the examples of RFC 4648")
    func base64() {
        let examples = [
            "": "", "f": "Zg==", "fo": "Zm8=", "foo": "Zm9v", "foob": "Zm9vYg==", "fooba": "Zm9vYmE=",
            "foobar": "Zm9vYmFy",
        ]
        for (text, encoded) in examples {
            #expect(String(decoding: BasicAuthorization.base64(Array(text.utf8)), as: UTF8.self) == encoded)
        }
        let header = BasicAuthorization.header(user: "Aladdin", password: "open sesame")
        #expect(String(decoding: header, as: UTF8.self) == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==")
    }
}
