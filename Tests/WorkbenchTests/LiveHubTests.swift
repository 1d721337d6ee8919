import Testing

@testable import Execution

@Suite("Live events")
struct LiveHubTests {
    private func take(_ count: Int, from stream: AsyncStream<LiveEvent>) async -> [LiveEvent] {
        var taken: [LiveEvent] = []
        if count == 0 { return [] }
        for await event in stream where event.name != "hello" {
            taken.append(event)
            if taken.count == count { break }
        }
        return taken
    }

    /// A subscriber of a run cannot tell whether its study is meant, and fetches.
    @Test func manyChangesReachWhoMayBeConcerned() {
        let reset = LiveEvent(id: 1, name: "reset", run: nil, study: "s", data: "{}")
        #expect(LiveFilter().wants(reset) && LiveFilter(study: "s").wants(reset) && LiveFilter(run: "a").wants(reset))
        #expect(!LiveFilter(study: "t").wants(reset))
    }

    @Test func everybodyGetsWhatHeWants() async {
        let hub = LiveHub(startedAt: 1000)
        let all = hub.watch(LiveFilter())
        let one = hub.watch(LiveFilter(run: "a"))
        let study = hub.watch(LiveFilter(study: "s"))
        hub.publish("run", run: "a", study: "s", data: "1")
        hub.publish("metrics", run: "a", study: "s", data: "2")
        hub.publish("run", run: "b", data: "3")
        hub.publish("study", study: "s", data: "4")
        #expect(await take(3, from: all).map(\.data) == ["1", "3", "4"])
        #expect(await take(2, from: one).map(\.data) == ["1", "2"])
        #expect(await take(2, from: study).map(\.data) == ["1", "4"])
    }

    /// A client may send any number and receives either what it missed or a reset.
    @Test(arguments: [
        "9223372036854775807", "9223372036854775806", "-9223372036854775808", "-1", "0", "9007199254740992", "9007199254740993", "1e308", "nan", "",
        "999999999999999999999999", "5e-324", "0x10", "+7",
    ])
    func anyLastIDIsAnswered(text: String) async {
        for startedAt in [1000, -1e300, 1e300, .nan] {
            let hub = LiveHub(startedAt: startedAt)
            hub.publish("run", run: "a", data: "1")
            #expect(await take(1, from: hub.watch(LiveFilter(), after: LiveHub.id(reading: text))).map(\.name) == ["reset"], "\(text) at \(startedAt)")
        }
        let hub = LiveHub(startedAt: 1000)
        for last in [Int64.max, Int64.max - 1, Int64.min, 0] {
            hub.publish("run", run: "a", data: "1")
            #expect(await take(1, from: hub.watch(LiveFilter(), after: last)).map(\.name) == ["reset"])
        }
    }

    @Test func whoComesBackMissesNothing() async {
        let hub = LiveHub(startedAt: 1000)
        let first = await take(1, from: { let stream = hub.watch(LiveFilter()); hub.publish("run", run: "a", data: "1"); return stream }())
        hub.publish("run", run: "a", data: "2")
        hub.publish("run", run: "b", data: "3")
        let again = hub.watch(LiveFilter(run: "a"), after: first[0].id)
        hub.publish("run", run: "a", data: "4")
        #expect(await take(2, from: again).map(\.data) == ["2", "4"])
    }

    @Test func whoComesBackTooLateIsTold() async {
        let hub = LiveHub(startedAt: 2000, capacity: 4)
        for number in 0..<50 { hub.publish("run", run: "a", data: "\(number)") }
        for id: Int64 in [5, 1_999_999_999, 2_000_000_003, 9_000_000_000] {
            #expect(await take(1, from: hub.watch(LiveFilter(run: "a"), after: id)).map(\.name) == ["reset"], "\(id)")
        }
        let last = await take(1, from: { let stream = hub.watch(LiveFilter()); hub.publish("run", run: "a", data: "x"); return stream }())
        let calm = hub.watch(LiveFilter(), after: last[0].id)
        hub.publish("run", run: "a", data: "y")
        #expect(await take(1, from: calm).map(\.data) == ["y"])
    }

    @Test func aSlowWatcherIsLetGo() async {
        let hub = LiveHub(startedAt: 1000, capacity: 2, watcherCapacity: 3)
        let slow = hub.watch(LiveFilter())
        for number in 0..<100 { hub.publish("run", run: "a", data: "\(number)") }
        #expect(hub.watcherCount == 0)
        var received = 0
        for await _ in slow { received += 1 }
        #expect(received == 7, "what it could hold")
    }

    @Test func aNewWatcherIsGreetedWithAnID() async {
        let hub = LiveHub(startedAt: 1000)
        var first = hub.watch(LiveFilter()).makeAsyncIterator()
        let hello = await first.next()
        #expect(hello?.name == "hello" && hello?.id == hub.lastID)
        hub.publish("run", run: "a", data: "1")
        #expect(hub.lastID == (hello?.id ?? 0) + 1)
        #expect(await take(1, from: hub.watch(LiveFilter(), after: hello?.id)).map(\.data) == ["1"])
    }

    @Test func closingEndsEveryStream() async {
        let hub = LiveHub(startedAt: 1000)
        let stream = hub.watch(LiveFilter())
        hub.close()
        for await event in stream where event.name != "hello" { Issue.record("nothing was published") }
    }
}
