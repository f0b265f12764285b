namespace Baton.Protocol.Commands;

/// <summary>The ways in which commands name their keys.</summary>
internal enum KeyRule
{
    /// <summary>First, last and step of the row say all.</summary>
    Fixed,

    /// <summary><c>ZUNION numkeys key...</c>: the count is argument 1; at least one key.</summary>
    CountFirst,

    /// <summary><c>BLMPOP timeout numkeys key...</c>: the count is argument 2; at least one key.</summary>
    CountSecond,

    /// <summary><c>EVAL script numkeys key...</c>: the count is argument 2; no key is fine.</summary>
    Script,

    /// <summary><c>ZUNIONSTORE destination numkeys key...</c></summary>
    DestinationAndCount,

    /// <summary><c>MSETEX numkeys key value...</c></summary>
    CountedPairs,

    /// <summary><c>XREAD ... STREAMS key... id...</c>: the first half of what follows STREAMS.</summary>
    Streams,

    /// <summary><c>SORT key ... STORE destination</c></summary>
    Sort,

    /// <summary><c>GEORADIUS key longitude latitude radius unit ... STORE|STOREDIST destination</c></summary>
    GeoRadius,

    /// <summary><c>GEORADIUSBYMEMBER key member radius unit ... STORE|STOREDIST destination</c></summary>
    GeoRadiusByMember,

    /// <summary><c>MIGRATE host port key|"" db timeout ... KEYS key...</c></summary>
    Migrate,
}
