namespace Baton.Server.Tests;
