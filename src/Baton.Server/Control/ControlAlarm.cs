namespace Baton.Server.Control;

/// <summary>Something an operator should know and mend; databases are served meanwhile.</summary>
/// <param name="Name">One word, the same in feed, REST and command line: <c>store</c>.</param>
/// <param name="Since">When it began.</param>
/// <param name="Reason">What is wrong.</param>
public sealed record ControlAlarm(string Name, DateTimeOffset Since, string Reason);
