import HTTPTypes
import Testing

@testable import HTTPServer

@Suite("Timer wheel")
struct TimerWheelTests {
    @Test("timers fire in their slot, at most one slot late")
    func comes() {
        var wheel = TimerWheel(slotMilliseconds: 10, slots: 8, now: 1000)
        #expect(wheel.milliseconds(from: 1000) == nil)
        #expect(wheel.set(1, deadline: 1015) == 1020)
        #expect(wheel.milliseconds(from: 1003) == 17)
        #expect(wheel.advance(to: 1019) == [])
        #expect(wheel.advance(to: 1020) == [1])
        #expect(wheel.advance(to: 1100) == [])
    }

    @Test("timers beyond the wheel fire early and are set again")
    func horizon() {
        var wheel = TimerWheel(slotMilliseconds: 10, slots: 8, now: 0)
        #expect(wheel.set(1, deadline: 100_000) == 70)
        #expect(wheel.advance(to: 70) == [1])
    }

    @Test("expired timers fire next, and a long pause loses none")
    func lateness() {
        var wheel = TimerWheel(slotMilliseconds: 10, slots: 8, now: 1000)
        #expect(wheel.set(1, deadline: 5) == 1010)
        _ = wheel.set(2, deadline: 1070)
        #expect(wheel.milliseconds(from: 1005) == 5)
        #expect(wheel.advance(to: 9_999_999) == [1, 2])
        #expect(wheel.milliseconds(from: 9_999_999) == nil)
    }

    @Test("an earlier timer shortens the wait")
    func earlier() {
        var wheel = TimerWheel(slotMilliseconds: 10, slots: 100, now: 0)
        _ = wheel.set(1, deadline: 500)
        #expect(wheel.milliseconds(from: 0) == 500)
        _ = wheel.set(2, deadline: 100)
        #expect(wheel.milliseconds(from: 0) == 100)
        #expect(wheel.advance(to: 100) == [2])
        #expect(wheel.milliseconds(from: 100) == 400)
    }
}

@Suite("Output queue")
struct OutputQueueTests {
    @Test("keeps order, joins small pieces, and returns credit at their end")
    func order() {
        var queue = OutputQueue()
        queue.append([1, 2], credit: 2)
        queue.append([3], credit: 1)
        #expect(!queue.hasMore)
        #expect(queue.first?.range == 0..<3)
        #expect(queue.advance(2) == 0)
        #expect(queue.first?.range == 2..<3)
        queue.append([UInt8](repeating: 7, count: 20_000), credit: 20_000)
        #expect(queue.hasMore)
        queue.prepend([9, 9, 9], from: 1)
        guard case .bytes(let first) = queue.first?.content else {
            Issue.record("the first segment is not bytes")
            return
        }
        #expect(first == [9, 9])
        #expect(queue.advance(2) == 0)
        #expect(queue.advance(1) == 3)
        #expect(queue.advance(20_000) == 20_000)
        #expect(queue.isEmpty)
    }
}

@Suite("Small parts")
struct SmallPartsTests {
    @Test("events on the wire")
    func events() {
        func text(_ event: ServerSentEvent) -> String { String(decoding: event.bytes, as: UTF8.self) }
        #expect(text(ServerSentEvent("a")) == "data: a\n\n")
        #expect(text(ServerSentEvent("a\nb\r\nc\rd\n", event: "run", id: "7")) == "event: run\nid: 7\ndata: a\ndata: b\ndata: c\ndata: d\ndata: \n\n")
        #expect(text(ServerSentEvent("", event: "x\ndata: y", id: "1\r\n\0")) == "event: xdata: y\nid: 1\ndata: \n\n")
        #expect(text(ServerSentEvent("a", retry: .seconds(2))) == "retry: 2000\ndata: a\n\n")
    }

    @Test("a slow reader loses its stream")
    func channel() async {
        let channel = EventChannel(capacity: 3)
        for number in 0..<3 { #expect(channel.send(ServerSentEvent("\(number)"))) }
        #expect(!channel.send(ServerSentEvent("lost")))
        #expect(!channel.send(ServerSentEvent("too late")))
        var seen: [String] = []
        for await event in channel.events { seen.append(event.data) }
        #expect(seen == ["0", "1", "2"])
    }

    @Test("addresses as text")
    func addresses() {
        let four = RemoteAddress(family: .ipv4, high: 0, low: 0xC000_0201, port: 80)
        #expect(four.description == "192.0.2.1:80")
        #expect(!four.isLoopback)
        #expect(RemoteAddress.loopback.isLoopback)
        let six = RemoteAddress(family: .ipv6, high: 0x2001_0DB8_0000_0001, low: 1, port: 80)
        #expect(six.description == "[2001:db8:0:1:0:0:0:1]:80")
        #expect(six.quotaKey == RemoteAddress(family: .ipv6, high: 0x2001_0DB8_0000_0001, low: 99, port: 1).quotaKey)
        #expect(RemoteAddress(family: .ipv6, high: 0, low: 1, port: 0).isLoopback)
    }

    @Test("listening addresses as text", arguments: [
        ("127.0.0.1:80", "127.0.0.1:80", true), ("0.0.0.0:0", "0.0.0.0:0", false), ("127.9.9.9:65535", "127.9.9.9:65535", true), ("[::1]:8080", "[::1]:8080", true),
        ("[::]:1", "[::]:1", false), ("[fe80::1]:1", "[fe80::1]:1", false), ("[0:0::0:1]:7", "[0:0::0:1]:7", true), ("unix:/a b", "unix:/a b", true), ("unix:x", "unix:x", true),
    ])
    func listenAddresses(text: String, described: String, isLoopback: Bool) throws {
        let address = try #require(ListenAddress(parsing: text))
        #expect(address.description == described && address.isLoopback == isLoopback)
    }

    @Test("addresses that cannot be bound", arguments: [
        "", ":", "80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:+1", "127.0.0.1:-1", "127.1:80", "localhost:80", "::1:80", "[::1]", "[::1:80", "[1.2.3.4]:80",
        "unix:", "unix:" + String(repeating: "x", count: 108), "unix:a\u{0}b", "127.0.0.1\u{0}:80", "[::1%lo]:80",
    ])
    func badListenAddresses(text: String) { #expect(ListenAddress(parsing: text) == nil) }

    @Test("a download's name cannot break its field")
    func disposition() {
        let body = FileBody(path: "/x", downloadName: "a\"b\r\né/.npz")
        #expect(body.contentDisposition == "attachment; filename=\"a_b____.npz\"; filename*=UTF-8''a%22b%0D%0A%C3%A9%2F.npz")
    }

    @Test("every fault has its own code and a status of its kind")
    func faults() {
        let errors = RequestFault.allCases.map { ServerError($0) }
        #expect(Set(errors.map(\.code)).count == errors.count)
        #expect(errors.allSatisfy { (400..<600).contains($0.status.code) && $0.detail.hasSuffix(".") })
    }

    @Test("responses have the required fields, and none that would break framing")
    func plans() throws {
        func lines(_ response: Response, _ method: HTTPRequest.Method = .get) throws -> [String] {
            let request = try Request(method: method, target: "/")
            let plan = ResponsePlan(response, to: request.head, render: \.problemResponse)
            var bytes: [UInt8] = []
            let writer = ResponseHeadWriter(defaultFields: [.xContentTypeOptions: "nosniff"])
            writer.write(
                status: plan.status, fields: plan.fields, framing: plan.framing, persistence: .keep, dateLine: Array("Date: D\r\n".utf8), to: &bytes)
            return String(decoding: bytes, as: UTF8.self).components
        }
        #expect(try lines(.noContent()) == ["HTTP/1.1 204 No Content", "Date: D", "X-Content-Type-Options: nosniff", "", ""])
        let odd = Response(
            headerFields: [.contentLength: "9", .transferEncoding: "chunked", .connection: "x", .date: "now", .server: "a\r\nb: c"], body: .bytes([1]))
        #expect(
            try lines(odd) == ["HTTP/1.1 200 OK", "Date: D", "Server: a  b: c", "X-Content-Type-Options: nosniff", "Content-Length: 1", "", ""])
        let own = Response(headerFields: [.xContentTypeOptions: "mine"])
        #expect(try lines(own) == ["HTTP/1.1 200 OK", "Date: D", "X-Content-Type-Options: mine", "Content-Length: 0", "", ""])
        #expect(try lines(.text("abc"), .head).contains("Content-Length: 3"))
        #expect(try lines(Response(status: .continue)).first == "HTTP/1.1 500 Internal Server Error")
        #expect(try lines(.file(FileBody(path: "/nowhere"))).first == "HTTP/1.1 404 Not Found")
    }
}

extension String {
    /// The lines between CRLFs.
    var components: [String] {
        var lines = [""]
        for scalar in unicodeScalars where scalar != "\r" {
            if scalar == "\n" { lines.append("") } else { lines[lines.count - 1].unicodeScalars.append(scalar) }
        }
        return lines
    }
}
