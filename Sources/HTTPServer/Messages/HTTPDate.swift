import Glibc

/// A time in whole seconds, formatted as in HTTP (RFC 9110, section 5.6.7).
public struct HTTPDate: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Seconds since 1970-01-01 00:00:00 UTC.
    public let secondsSince1970: Int

    /// Creates a time.
    public init(secondsSince1970: Int) {
        self.secondsSince1970 = secondsSince1970
    }

    /// The current time.
    public static var now: HTTPDate { HTTPDate(secondsSince1970: time(nil)) }

    /// Whether the left time is earlier.
    public static func < (left: HTTPDate, right: HTTPDate) -> Bool { left.secondsSince1970 < right.secondsSince1970 }

    private static let dayNames = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let monthNames = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// Such as `Sun, 06 Nov 1994 08:49:37 GMT`.
    public var description: String {
        let day = secondsSince1970 >= 0 ? secondsSince1970 / 86400 : -((86399 - secondsSince1970) / 86400)
        let second = secondsSince1970 - day * 86400
        let (year, month, dayOfMonth) = Self.civil(day)
        var text = Self.dayNames[((day + 4) % 7 + 7) % 7]
        text.reserveCapacity(29)
        text += ", "
        Self.append(dayOfMonth, digits: 2, to: &text)
        text += " "
        text += Self.monthNames[month - 1]
        text += " "
        Self.append(year, digits: 4, to: &text)
        for (separator, value) in [(" ", second / 3600), (":", second / 60 % 60), (":", second % 60)] {
            text += separator
            Self.append(value, digits: 2, to: &text)
        }
        return text + " GMT"
    }

    private static func append(_ value: Int, digits: Int, to text: inout String) {
        if digits > 1 { append(value / 10, digits: digits - 1, to: &text) }
        text.unicodeScalars.append(Unicode.Scalar(UInt8(ascii: "0") + UInt8(value % 10)))
    }

    /// Parses the three date formats that a recipient must accept; nil for any other text.
    public init?(parsing text: String) {
        guard text.utf8.count <= 40 else { return nil }
        let words = text.split(whereSeparator: { $0 == " " || $0 == "," || $0 == "-" }).map(String.init)
        let parts: (day: String, month: String, year: String, time: String)
        switch words.count {
        case 6 where words[5] == "GMT": parts = (words[1], words[2], words[3], words[4])
        case 5: parts = (words[2], words[1], words[4], words[3])
        default: return nil
        }
        guard words[0].count >= 3, Self.dayNames.contains(String(words[0].prefix(3))),
            let month = Self.monthNames.firstIndex(of: parts.month).map({ $0 + 1 }),
            let day = Self.number(parts.day, digits: 1...2), let year = Self.year(parts.year),
            (1...Self.daysIn(month, year)).contains(day), let second = Self.secondOfDay(parts.time)
        else { return nil }
        self.init(secondsSince1970: Self.days(year, month, day) * 86400 + second)
    }

    // MARK: Reading

    private static func number(_ text: String, digits: ClosedRange<Int>) -> Int? {
        guard digits.contains(text.utf8.count), text.utf8.allSatisfy(\.isDigit) else { return nil }
        return Int(text, in: 0...9999)
    }

    /// Two-digit years mean 1970 to 2069.
    private static func year(_ text: String) -> Int? {
        if let year = number(text, digits: 4...4) { return year >= 1601 ? year : nil }
        guard let short = number(text, digits: 2...2) else { return nil }
        return short < 70 ? 2000 + short : 1900 + short
    }

    private static func secondOfDay(_ text: String) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { number(String($0), digits: 2...2) }
        guard parts.count == 3, let hour = parts[0], let minute = parts[1], let second = parts[2],
            hour < 24, minute < 60, second <= 60
        else { return nil }
        return hour * 3600 + minute * 60 + min(second, 59)
    }

    // MARK: The calendar

    private static func daysIn(_ month: Int, _ year: Int) -> Int {
        let isLeap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
        return month == 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
    }

    /// Days from 1970-01-01 to a date of the Gregorian calendar. Years start in March,
    /// so that the leap day is the last day of a year and month lengths follow a linear formula.
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let marchYear = month <= 2 ? year - 1 : year
        let marchMonth = (month + 9) % 12
        let leapDays = marchYear / 4 - marchYear / 100 + marchYear / 400
        return marchYear * 365 + leapDays + (153 * marchMonth + 2) / 5 + day - 1 - 719_468
    }

    /// The date of a day; years >= 0.
    private static func civil(_ day: Int) -> (year: Int, month: Int, day: Int) {
        let sinceMarchZero = day + 719_468
        var marchYear = sinceMarchZero * 400 / 146_097
        while startOfMarchYear(marchYear) > sinceMarchZero { marchYear -= 1 }
        while startOfMarchYear(marchYear + 1) <= sinceMarchZero { marchYear += 1 }
        let dayOfYear = sinceMarchZero - startOfMarchYear(marchYear)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        return (month <= 2 ? marchYear + 1 : marchYear, month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
    }

    private static func startOfMarchYear(_ year: Int) -> Int { year * 365 + year / 4 - year / 100 + year / 400 }
}
