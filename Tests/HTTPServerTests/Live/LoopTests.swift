import CEpoll
import Dispatch
import Foundation
import Glibc
import Synchronization
import Testing

@testable import HTTPServer

extension LiveTests {
    @Suite("The event loop on its queue")
    struct LoopTests {
        private static let end = " HTTP/1.1\r\nHost: a\r\n\r\n"

        @Test("requests are answered while every thread of the pools computes")
        func busyThreads() async throws {
            let cores = ProcessInfo.processInfo.activeProcessorCount
            let spinning = Atomic(0)
            let isOver = Atomic(false)
            let limit = ContinuousClock.now + .seconds(4)
            let spin: @Sendable () -> Void = {
                spinning.add(1, ordering: .relaxed)
                while !isOver.load(ordering: .relaxed), ContinuousClock.now < limit {}
                spinning.subtract(1, ordering: .relaxed)
            }
            try await withServer { port in
                let client = try Client(port: port)
                #expect(try await client.ask("GET /now" + Self.end).text == "now")
                for _ in 0..<cores { DispatchQueue.global(qos: .userInteractive).async(execute: spin) }
                for priority in [TaskPriority.high, .medium, .utility] {
                    for _ in 0..<cores { Task.detached(priority: priority, operation: spin) }
                }
                // From here until the spinning ends, no task can run, including this one: the client uses its own thread.
                let (slowest, busy) = try await client.slowestAnswer("GET /now" + Self.end, times: 50) {
                    while spinning.load(ordering: .relaxed) < cores, ContinuousClock.now < limit { usleep(1000) }
                } after: {
                    defer { isOver.store(true, ordering: .relaxed) }
                    return spinning.load(ordering: .relaxed)
                }
                #expect(busy >= cores)
                // On a thread of those pools, the loop would have waited for the four seconds to end.
                #expect(slowest < .seconds(1))
            }
        }

        @Test("an idle connection takes less than 4 kB")
        func idleMemory() async throws {
            try await withServer({ $0.connectionLimits.connectionsPerAddress = 1000 }) { port in
                // Memory that is kept permanently grows first.
                var clients: [Client] = []
                for _ in 0..<50 {
                    clients.append(try Client(port: port))
                    #expect(try await clients[clients.count - 1].ask("GET /task" + Self.end).text == "task")
                }
                let before = Self.residentBytes()
                let count = 300
                for _ in 0..<count {
                    clients.append(try Client(port: port))
                    #expect(try await clients[clients.count - 1].ask("GET /task" + Self.end).text == "task")
                }
                // The clients' memory is included.
                let growth = Self.residentBytes() - before
                #expect(growth < count * 4096, "\(growth / count) bytes for each connection")
                #expect(clients.count == count + 50)
            }
        }

        private static func residentBytes() -> Int {
            let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
            let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
            return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
        }

        @Test("servers that start and stop leave no open descriptors")
        func comingAndGoing() async throws {
            try await withServer { port in _ = try await Client(port: port).ask("GET /now" + Self.end) }
            let baseline = openDescriptors()
            for _ in 0..<50 {
                try await withServer { port, server in
                    let idle = try Client(port: port)
                    #expect(try await idle.ask("GET /now" + Self.end).text == "now")
                    var large = try [Client(port: port, receiveBuffer: 4096)]
                    try await large[0].send("GET /zeros/5000000" + Self.end)
                    #expect(try await large[0].read(until: "\r\n\r\n").hasPrefix("HTTP/1.1 200"))
                    // The last connection is closed by its client, after the shutdown has started.
                    async let stopped: Void = server.shutdown(grace: .seconds(30))
                    #expect(try await idle.isEnded())
                    large = []
                    await stopped
                }
            }
            // Dispatch itself may have opened one or two meanwhile.
            #expect(try await eventually { openDescriptors() <= baseline + 5 }, "\(openDescriptors()) descriptors, \(baseline) before")
        }

        @Test("a shutdown immediately after the start takes effect")
        func immediateShutdown() async throws {
            for _ in 0..<50 {
                let server = HTTPServer(handler: TestSite.router)
                let port = try server.start()[0].port ?? 0
                await server.shutdown(grace: .seconds(5))
                #expect(throws: Client.Failure.self) { try Client(port: port) }
            }
        }

        @Test("sending a file to a closed connection closes the connection, not the process")
        func brokenPipe() throws {
            let ends = try Self.socketPair()
            close(ends.1)
            defer { close(ends.0) }
            let program = try #require(OpenFile(path: "/proc/self/exe"))
            let before = Self.brokenPipeState()
            #expect(before == [0, 0])
            // Without the protection, the first call would end this process.
            for _ in 0..<3 { #expect(Transfer.send(ends.0, file: program, from: 0, count: 4096) == .broken) }
            #expect(Self.brokenPipeState() == before)
        }

        @Test("a connection closed during a call that sends a file does not end the process")
        func brokenPipeMidway() async throws {
            let program = try #require(OpenFile(path: "/proc/self/exe"))
            let listener = try Listener.open(.ipv4("127.0.0.1", port: 0), attempts: 1, backlog: 8, unsentBytes: 1 << 20)
            for round in 0..<400 {
                var client = try [Client(port: listener.address.port ?? 0)]
                guard case .connection(let descriptor, _) = SocketAddress.accept(listener.descriptor) else { throw Client.Failure(description: "nobody came") }
                // Part of a call may be written before the client disconnects: then there is a signal, but no error.
                let states = Task {
                    await withCheckedContinuation { continuation in
                        DispatchQueue.global().async {
                            var result = Transfer.done(0)
                            while result != .broken {
                                // A call that writes in part leaves the error of an earlier one.
                                errno = 0
                                result = Transfer.send(descriptor, file: program, from: 0, count: 1 << 22)
                                if result == .wouldBlock { usleep(20) }
                            }
                            close(descriptor)
                            continuation.resume(returning: Self.brokenPipeState())
                        }
                    }
                }
                // Data after an orderly close causes a broken pipe rather than a reset.
                client[0].endSending()
                try await client[0].skip(10_000 * (round % 100))
                client = []
                #expect(await states.value == [0, 0])
            }
        }

        /// A pair of nonblocking sockets.
        private static func socketPair() throws -> (Int32, Int32) {
            var ends: [Int32] = [0, 0]
            try #require(unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0, &ends) == 0)
            return (ends[0], ends[1])
        }

        /// Whether SIGPIPE is blocked, and whether it is pending.
        private static func brokenPipeState() -> [Int32] {
            var blocked = sigset_t()
            var waiting = sigset_t()
            _ = unsafe pthread_sigmask(SIG_SETMASK, nil, &blocked)
            unsafe sigpending(&waiting)
            return unsafe [sigismember(&blocked, SIGPIPE), sigismember(&waiting, SIGPIPE)]
        }
    }
}
