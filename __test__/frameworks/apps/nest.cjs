// NestJS on Express and on Fastify, its decorators called as the compiler does.
require('reflect-metadata');
const { Controller, Get, Module, Param } = require('@nestjs/common');
const { NestFactory } = require('@nestjs/core');

class Items {
  one(version, item) {
    return { version, item };
  }
}
route(Items, 'one', 'items/:item', 'version', 'item');
Controller('api/:version')(Items);

class Users {
  one(id) {
    return id;
  }
  fails() {
    throw new Error('as it should');
  }
  slow() {
    return new Promise(() => undefined);
  }
}
route(Users, 'one', 'users/:id', 'id');
route(Users, 'fails', 'fails');
route(Users, 'slow', 'slow');
Controller()(Users);

// oxlint-disable-next-line typescript/no-extraneous-class -- what NestJS calls a module is a class
class Application {}
Module({ controllers: [Items, Users] })(Application);

function route({ prototype }, name, path, ...parameters) {
  for (const [index, parameter] of parameters.entries()) {
    Param(parameter)(prototype, name, index);
  }
  Get(path)(prototype, name, Object.getOwnPropertyDescriptor(prototype, name));
}

async function main() {
  const { FastifyAdapter } = require('@nestjs/platform-fastify');
  const adapter = process.env.FRAMEWORK === 'fastify' ? [new FastifyAdapter()] : [];
  const app = await NestFactory.create(Application, ...adapter, { logger: false });
  await app.listen(Number(process.env.PORT));
}
void main();
