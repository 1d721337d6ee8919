/// Coarse timers, in slots of a fixed width.
///
/// Setting one costs an append. A timer may come early, never more than a slot late: whoever set it looks at its own
/// deadline when it comes, and sets it again if that has moved. So moving a deadline back costs nothing.
struct TimerWheel {
    private var slots: [[UInt64]]
    private var tick: Int64
    private var count = 0
    /// No timer comes before this tick.
    private var earliest: Int64 = 0
    let slotMilliseconds: Int64

    init(slotMilliseconds: Int64 = 50, slots: Int = 512, now: Int64) {
        self.slotMilliseconds = slotMilliseconds
        self.slots = Array(repeating: [], count: slots)
        tick = now / slotMilliseconds
    }

    /// Sets a timer; returns when it will come, which is not after `deadline` rounded up to a slot.
    mutating func set(_ token: UInt64, deadline: Int64) -> Int64 {
        let wanted = (deadline + slotMilliseconds - 1) / slotMilliseconds
        let slot = min(max(wanted, tick + 1), tick + Int64(slots.count) - 1)
        slots[Int(slot % Int64(slots.count))].append(token)
        earliest = count == 0 ? slot : min(earliest, slot)
        count += 1
        return slot * slotMilliseconds
    }

    /// Takes the timers that have come.
    mutating func advance(to now: Int64) -> [UInt64] {
        let target = now / slotMilliseconds
        guard target > tick else { return [] }
        guard count > 0 else {
            tick = target
            return []
        }
        var due: [UInt64] = []
        let last = min(target, tick + Int64(slots.count))
        while tick < last {
            tick += 1
            let slot = Int(tick % Int64(slots.count))
            guard !slots[slot].isEmpty else { continue }
            due += slots[slot]
            slots[slot] = []
        }
        tick = target
        count -= due.count
        return due
    }

    /// How long to wait for the next timer; nil when there is none.
    mutating func milliseconds(from now: Int64) -> Int64? {
        guard count > 0 else { return nil }
        earliest = max(earliest, tick + 1)
        while slots[Int(earliest % Int64(slots.count))].isEmpty { earliest += 1 }
        return max(0, earliest * slotMilliseconds - now)
    }
}
