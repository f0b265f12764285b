namespace Baton.Integration.Tests.Peers;

/// <summary>One operation of a campaign.</summary>
/// <param name="Name">What was asked for.</param>
/// <param name="Action">How it ended, as GET /v1/actions/{uid} says.</param>
/// <param name="Completed">True when that is <c>completed</c>.</param>
public sealed record OperationRun(string Name, string Action, bool Completed);
