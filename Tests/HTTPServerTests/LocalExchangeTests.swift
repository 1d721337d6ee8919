import Testing

@testable import HTTPServer

/// Requests to a local server: addresses, and invalid responses.
@Suite("Requests of commands")
struct LocalExchangeTests {
    @Test(arguments: [
        ("127.0.0.1:8642", "127.0.0.1", "8642"), ("[::1]:8642", "::1", "8642"), ("[fe80::1]:1", "fe80::1", "1"),
    ])
    func addresses(text: String, host: String, port: String) throws {
        let address = try #require(LocalExchange.Address(text))
        #expect(address.host == host && address.port == port && address.authority == text)
    }

    @Test(arguments: ["", ":", "::1", "[::1]", "127.0.0.1", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:65536", "127.0.0.1:99999999999999999999", "[]:80", "a b:80", "a:80\r\nX:1"])
    func noAddresses(text: String) {
        #expect(LocalExchange.Address(text) == nil)
    }

    @Test func answers() throws {
        let answer = try LocalExchange.parse(Array("HTTP/1.1 201 Created\r\nContent-Length: 4\r\n\r\nbody".utf8))
        #expect(answer.status == 201 && answer.body == Array("body".utf8))
        #expect(try LocalExchange.parse(Array("HTTP/1.1 204 No Content\r\n\r\n".utf8)).body == [])
    }

    @Test(arguments: [
        "", "HTTP/1.1", "HTTP/1.1 \r\n\r\n", "HTTP/1.1 20\r\n\r\n", "HTTP/1.1 999 X\r\n\r\n", "HTTP/2 200\r\n\r\n", "SSH-2.0-x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nbody", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\nbody",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ])
    func noAnswers(text: String) {
        #expect(throws: LocalExchange.Failure.self) { try LocalExchange.parse(Array(text.utf8)) }
    }

    @Test(arguments: [("GET", "/a b"), ("GET", "/a\r\nX: y"), ("GET\r\n", "/")])
    func whatWouldBreakTheHeadIsNotSent(method: String, target: String) async {
        await #expect(throws: LocalExchange.Failure.self) { try await LocalExchange.send(method, to: "http://127.0.0.1:1", target, fields: []) }
        await #expect(throws: LocalExchange.Failure.self) { try await LocalExchange.send("GET", to: "https://127.0.0.1:1", "/", fields: []) }
    }
}
