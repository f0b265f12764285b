namespace Baton.Client;

/// <summary>Which argument of a blocking command says how long it may wait, so that a re-issued command waits only for what is left.</summary>
/// <param name="Argument">Index of the argument; 0 when there is none.</param>
/// <param name="InMilliseconds">Milliseconds (XREAD, WAIT), else seconds with a fraction (BLPOP ...).</param>
internal readonly record struct BlockingTimeout(int Argument, bool InMilliseconds);
