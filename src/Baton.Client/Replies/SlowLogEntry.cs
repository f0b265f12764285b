namespace Baton.Client;

/// <summary>A command that took long.</summary>
/// <param name="Id">The entry's number.</param>
/// <param name="Time">When it ran, in whole seconds.</param>
/// <param name="Duration">How long it ran, in microseconds.</param>
/// <param name="Arguments">The command with its arguments as the log keeps them.</param>
/// <param name="Client">Address and port of who sent it.</param>
/// <param name="ClientName">The name of the connection; empty for none.</param>
public sealed record SlowLogEntry(long Id, DateTimeOffset Time, TimeSpan Duration, string[] Arguments, string Client, string ClientName);
