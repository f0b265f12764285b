using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace Baton.Server.Rest;

/// <summary>Where and how the API listens.</summary>
/// <param name="Endpoints">Addresses; port 0 = any free one (then there may be only one).</param>
/// <param name="Certificate">With its private key. The caller disposes it after the server.</param>
internal sealed record RestServerOptions(IReadOnlyList<IPEndPoint> Endpoints, X509Certificate2 Certificate);
