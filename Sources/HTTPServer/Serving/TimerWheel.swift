/// Coarse timers in slots of fixed width.
///
/// Setting a timer costs an append. It may fire early, and at most one slot late: the owner checks its own
/// deadline when the timer fires, and sets it again if the deadline has moved. Extending a deadline therefore costs nothing.
struct TimerWheel {
    private var slots: [[UInt64]]
    private var tick: Int64
    private var count = 0
    /// No timer fires before this tick.
    private var earliest: Int64 = 0
    let slotMilliseconds: Int64

    init(slotMilliseconds: Int64 = 50, slots: Int = 512, now: Int64) {
        self.slotMilliseconds = slotMilliseconds
        self.slots = Array(repeating: [], count: slots)
        tick = now / slotMilliseconds
    }

    /// Sets a timer; returns when it will fire, which is not after `deadline` rounded up to a slot.
    mutating func set(_ token: UInt64, deadline: Int64) -> Int64 {
        let wanted = (deadline + slotMilliseconds - 1) / slotMilliseconds
        let slot = min(max(wanted, tick + 1), tick + Int64(slots.count) - 1)
        slots[Int(slot % Int64(slots.count))].append(token)
        earliest = count == 0 ? slot : min(earliest, slot)
        count += 1
        return slot * slotMilliseconds
    }

    /// Takes the timers that are due.
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

    /// Time until the next timer; nil if there is none.
    ///
    mutating func milliseconds(from now: Int64) -> Int64? {
        guard count > 0 else { return nil }
        earliest = max(earliest, tick + 1)
        while slots[Int(earliest % Int64(slots.count))].isEmpty { earliest += 1 }
        return max(0, earliest * slotMilliseconds - now)
    }
}
