import Events
import Catalog
import Foundation
import Testing

@testable import Execution

@Suite("Failure reasons from a worker's log")
struct WorkerLogTests {
    private func reason(_ text: String, after earlier: String = "") throws -> String {
        let path = NSTemporaryDirectory() + "worker-log-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data((earlier + text).utf8).write(to: URL(fileURLWithPath: path))
        return WorkerLog(path: path, start: UInt64(earlier.utf8.count)).reason
    }

    private static let backtrace = """

        *** Signal 4: Backtracing from 0x558e748963f5... done ***

        *** Swift runtime failure: arithmetic overflow ***

        Platform: x86_64 Linux (Debian GNU/Linux 12 (bookworm))

        Thread 0 "fidelio" crashed:

          0 [inlined] [system] 0x0000560a7d6632c7 Swift runtime failure: arithmetic overflow in fidelio at //<compiler-generated>
          1                    0x0000560a7d6632c7 steps(_:) + 359 in fidelio at /home/ml/fidelio/Sources/Training/Pace.swift:8:37

        Images (2 omitted):

        0x560a7d662000-0x560a7d664000 fidelio

        Backtrace took 1.91s

        """

    /// The text of a precondition precedes the backtrace, whose last line is its duration.
    @Test(arguments: [
        ("Canonical/JSONNumber.swift:10: Precondition failed: JSON cannot hold nan", "Canonical/JSONNumber.swift:10: Precondition failed: JSON cannot hold nan"),
        ("Engine/Session.swift:3: Fatal error: 3 values\nfor 4 places", "Engine/Session.swift:3: Fatal error: 3 values for 4 places"),
        ("Fatal error: failed to allocate 35184372088832 bytes of memory with alignment 0", "Fatal error: failed to allocate 35184372088832 bytes of memory with alignment 0"),
        ("Training/Trainer.swift:9: Fatal error: Index out of range\nCurrent stack trace:\n0    libswiftCore.so 0x1", "Training/Trainer.swift:9: Fatal error: Index out of range"),
    ])
    func fatalErrorsAreFound(text: String, reason expected: String) throws {
        #expect(try reason("step 4\n" + text + "\n" + Self.backtrace) == expected)
    }

    @Test func aTrapWithoutATextNamesItsPlace() throws {
        #expect(try reason(Self.backtrace) == "Swift runtime failure: arithmetic overflow at Pace.swift:8:37")
        #expect(try reason("*** Program crashed: Illegal instruction at 0x01 ***\n") == "Program crashed: Illegal instruction at 0x01")
    }

    @Test func otherwiseTheLastLineCounts() throws {
        #expect(try reason("one\nfidelio: the data set faces is gone\n\n") == "fidelio: the data set faces is gone")
        #expect(try reason("") == "" && WorkerLog(path: "/nonexistent/log").reason == "")
        #expect(try reason(String(repeating: "x", count: 1000)).count == 300)
        // Only the end of a long log is read.
        #expect(try reason(String(repeating: "a line\n", count: 100_000) + "the end") == "the end")
    }

    /// A run's log contains the output of all its workers.
    @Test func earlierWorkersSayNothingOfThisEnd() throws {
        let earlier = "Training/Trainer.swift:9: Fatal error: Index out of range\n"
        #expect(try reason("", after: earlier) == "")
        #expect(try reason("the specification is bad\n", after: earlier) == "the specification is bad")
    }

    @Test func wantOfMemoryIsTold() {
        var now = Settlement.Circumstances(exit: .signal(6), logReason: "Fatal error: failed to allocate 800 bytes of memory with alignment 8")
        #expect(
            Settlement(now)
                == .finish(.failed, message: "the worker ran out of memory (signal 6): Fatal error: failed to allocate 800 bytes of memory with alignment 8"))
        now = .init(exit: .outOfMemory(peak: 3 << 30))
        guard case .requeue(1, -1, let reason) = Settlement(now) else { return #expect(Bool(false), "\(Settlement(now))") }
        #expect(reason.contains("probably for lack of memory: it used up to 3.0 GiB"))
        now.restarts = 5
        guard case .finish(.failed, let message) = Settlement(now) else { return #expect(Bool(false), "\(Settlement(now))") }
        #expect(message.contains("lack of memory"))
    }
}

@Suite("Memory limits of the system")
struct MachineMemoryTests {
    private func memory(_ files: [String: String]) throws -> MachineMemory {
        let root = NSTemporaryDirectory() + "machine-" + UUID().uuidString
        for (path, text) in files {
            let folder = (root + path as NSString).deletingLastPathComponent
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try Data(text.utf8).write(to: URL(fileURLWithPath: root + path))
        }
        return MachineMemory(root: root)
    }

    private static let bare = ["/proc/meminfo": "MemTotal:       4000000 kB\nMemFree: 1 kB\n", "/proc/vmstat": "oom_kill_x 9\noom_kill 7\n"]

    @Test func aMachineWithoutGroups() throws {
        let found = try memory(Self.bare)
        defer { try? FileManager.default.removeItem(atPath: found.root) }
        #expect(found.limit == 4_096_000_000 && found.kills == 7)
        #expect(MachineMemory(root: "/nonexistent").limit == nil && MachineMemory(root: "/nonexistent").kills == 0)
    }

    @Test func theNarrowestGroupCounts() throws {
        let groups = [
            "/proc/self/cgroup": "0::/system.slice/fidelio.service\n", "/sys/fs/cgroup/system.slice/memory.max": "1000000000\n",
            "/sys/fs/cgroup/system.slice/fidelio.service/memory.max": "max\n",
            "/sys/fs/cgroup/system.slice/fidelio.service/memory.events": "low 0\noom 3\noom_kill 2\noom_group_kill 0\n",
        ]
        let found = try memory(Self.bare.merging(groups) { $1 })
        defer { try? FileManager.default.removeItem(atPath: found.root) }
        #expect(found.limit == 1_000_000_000 && found.kills == 2)
    }

    @Test func thisMachine() {
        #expect(MachineMemory().limit ?? 1 << 30 > 100 << 20)
    }
}
